// global_average_pool: y[n] = mean over the pixels of x[n].        x, dx: [N, pixels, vectors] vec4, y, dy: [N, vectors] vec4
@group(0) @binding(0) var<uniform> over: Blocks;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>; // [N, parts, vectors]

// One workgroup: the sum of one tile of pixels. tile_sum adds the parts.
@compute @workgroup_size(64)
fn tiles(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = share(over, group, local);
  var sum = vec4f(0.0);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) { sum += vec4f(x[at(over, own, pixel)]); }
  let all = sum_strips(sum, local, over.lanes, over.strips);
  if (keeps_part(over, own)) { partials[part(over, own, group.x) * over.vectors + own.column] = all; }
}

@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<Stored2>>;

// dx = or += dy / pixels
@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let each = dy[own.image * over.vectors + own.column] / f32(over.pixels);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var d = each;
    if (ACCUMULATE) { d += vec4f(dx[i]); }
    dx[i] = vec4<Stored2>(d);
  }
}
