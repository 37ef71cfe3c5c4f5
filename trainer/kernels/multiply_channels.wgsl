// multiply_channels: y[n, pixel] = x[n, pixel] * s[n].        x, y, dx, dy: [N, pixels, vectors] vec4, s, ds: [N, vectors] vec4
struct Dims { over: Blocks, accumulate: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // backward: dy
@group(0) @binding(2) var<storage, read> s: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>; // backward: dx

// y = or += x * s. The same entry point makes dx = or += dy * s.
@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let factor = s[own.image * over.vectors + own.column];
  for (var pixel = own.first; pixel < own.end; pixel += over.strips) {
    let i = at(over, own, pixel);
    var v = x[i] * factor;
    if (dims.accumulate == 1u) { v += y[i]; }
    y[i] = v;
  }
}

@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>; // [N, tiles, vectors]

// One workgroup: the sum of dy * x over one tile of pixels. tile_sum adds the tiles to ds.
@compute @workgroup_size(64)
fn backward_tiles(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let over = dims.over;
  let own = share(over, group, local);
  var sum = vec4f(0.0);
  for (var pixel = own.first; pixel < own.end; pixel += over.strips) {
    let i = at(over, own, pixel);
    sum += dy[i] * x[i];
  }
  let all = sum_strips(sum, local, lanes(over), over.strips);
  if (own.strip == 0u && own.first < own.end) {
    partials[(own.image * groups.x + group.x) * over.vectors + own.column] = all;
  }
}
