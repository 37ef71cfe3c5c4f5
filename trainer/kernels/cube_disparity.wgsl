// Face disparity from sampled disparity: y = x / a, a = cos of the angle between the pixel's ray and the face's
// optical axis, as 1 / zDepth = (1 / distance) / a. x, y: [6N, F, F, 1] padded; a: [6, F, F] words.
struct Dims {
  pixels: u32, // of all faces
  images: u32,
  face: u32, // pixels of a face
  face_major: u32, // 1: all images' first faces come first
  keep_zeros: u32, // 1: slope a where x is 0 (the released code's masked 1/x passes zeros through unchanged)
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;

fn factor_of(index: u32) -> f32 {
  let block = index / dims.face;
  let face = select(block % 6u, block / dims.images, dims.face_major == 1u);
  return factor[face * dims.face + index % dims.face];
}

@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= dims.pixels) { return; }
  y[index] = vec4f(x[4u * index] / factor_of(index), 0.0, 0.0, 0.0);
}

@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>;
@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= dims.pixels) { return; }
  let a = factor_of(index);
  let slope = select(1.0 / a, a, dims.keep_zeros == 1u && x[4u * index] == 0.0);
  let share = vec4f(dy[4u * index] * slope, 0.0, 0.0, 0.0);
  if (dims.accumulate == 1u) { dx[index] += share; } else { dx[index] = share; }
}
