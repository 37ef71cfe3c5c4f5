// multiply_channels: y[n, pixel] = x[n, pixel] * s[n].        x, y, dx, dy: [N, pixels, vectors] vec4, s, ds: [N, vectors] vec4
@group(0) @binding(0) var<uniform> over: Blocks;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>; // backward: dy
@group(0) @binding(2) var<storage, read> s: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Stored3>>; // backward: dx

// y = or += x * s. The same entry point makes dx = or += dy * s.
@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let factor = s[own.image * over.vectors + own.column];
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var v = vec4f(x[i]) * factor;
    if (ACCUMULATE) { v += vec4f(y[i]); }
    y[i] = vec4<Stored3>(v);
  }
}

@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>; // [N, parts, vectors]

// One workgroup: the sum of dy * x over one tile of pixels. tile_sum adds the parts to ds.
@compute @workgroup_size(64)
fn backward_tiles(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = share(over, group, local);
  var sum = vec4f(0.0);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    sum += vec4f(dy[i]) * vec4f(x[i]);
  }
  let all = sum_strips(sum, local, over.lanes, over.strips);
  if (keeps_part(over, own)) { partials[part(over, own, group.x) * over.vectors + own.column] = all; }
}
