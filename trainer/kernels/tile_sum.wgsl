// tile_sum: out[image] = or += factor * the sum over tiles of partials[image, tile].
// partials: [images, tiles, vectors] vec4, out: [images, vectors] vec4. Grid: x vectors, y images.
struct Dims { tiles: u32, vectors: u32, accumulate: u32, factor: f32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  var sum = vec4f(0.0);
  for (var tile = local; tile < dims.tiles; tile += 64u) {
    sum += partials[(group.y * dims.tiles + tile) * dims.vectors + group.x];
  }
  var all = sum_strips(sum, local, 1u, min(dims.tiles, 64u)) * dims.factor;
  if (local == 0u) {
    let i = group.y * dims.vectors + group.x;
    if (dims.accumulate == 1u) { all += out[i]; }
    out[i] = all;
  }
}
