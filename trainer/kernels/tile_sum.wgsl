// tile_sum: out[image] = or += factor * the sum over parts of partials[image, part].
// partials: [images, parts, vectors] vec4, out: [images, vectors] vec4. Grid: x vectors, y images.
struct Dims { parts: u32, vectors: u32, accumulate: u32, factor: f32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

fn keep(image: u32, column: u32, sum: vec4f) {
  let i = image * dims.vectors + column;
  var all = sum * dims.factor;
  if (dims.accumulate == 1u) { all += out[i]; }
  out[i] = all;
}

@compute @workgroup_size(64)
fn finish(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  var sum = vec4f(0.0);
  for (var part = local; part < dims.parts; part += 64u) {
    sum += partials[(group.y * dims.parts + part) * dims.vectors + group.x];
  }
  let all = sum_strips(sum, local, 1u, min(dims.parts, 64u));
  if (local == 0u) { keep(group.y, group.x, all); }
}

// The same with one thread a vec4 of channels, for software adapters: see shared/strip_alone.wgsl.
@compute @workgroup_size(8)
fn finish_alone(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= dims.vectors) { return; }
  var sum = vec4f(0.0);
  for (var part = 0u; part < dims.parts; part++) {
    sum += partials[(id.y * dims.parts + part) * dims.vectors + id.x];
  }
  keep(id.y, id.x, sum);
}
