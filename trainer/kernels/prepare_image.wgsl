// From pictures to a network's input: yaw roll by whole columns, mirror, colour jitter, normalisation.
// source: packed RGBA bytes, one word a pixel, or f32 sRGB 0..1 padded to 4 words. image: [N, H, W, 3] padded.
struct Dims {
  images: u32,
  height: u32,
  width: u32,
  packed: u32,
  chunk: u32, // pixels of a workgroup of `sum_gray`
  chunks: u32,
  mean_r: f32, mean_g: f32, mean_b: f32,
  scale_r: f32, scale_g: f32, scale_b: f32, // 1 / standard deviation
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> augmentations: array<Augmentation>; // [N]

fn colour(pixel: u32) -> vec3f {
  if (dims.packed == 1u) { return unpack4x8unorm(source[pixel]).rgb; }
  return bitcast<vec3f>(vec3u(source[4u * pixel], source[4u * pixel + 1u], source[4u * pixel + 2u]));
}

// Pixel of the source that a pixel of the result shows.
fn origin(pixel: u32, image: u32) -> u32 {
  var column = pixel % dims.width;
  if (augmentations[image].flip == 1u) { column = dims.width - 1u - column; }
  column = (column + dims.width - augmentations[image].roll) % dims.width;
  return pixel - pixel % dims.width + column;
}

// ---- mean gray of each image as the contrast adjustment finds it, after the adjustments before it
@group(0) @binding(3) var<storage, read_write> partial_out: array<f32>; // [N][chunks]

@compute @workgroup_size(64)
fn sum_gray(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let image = group.y;
  let a = augmentations[image];
  let pixels = dims.height * dims.width;
  let end = select(0u, min((group.x + 1u) * dims.chunk, pixels), a.jitter == 1u);
  var sum = vec4f();
  for (var i = group.x * dims.chunk + lane.x; i < end; i += 64u) {
    var rgb = colour(image * pixels + i);
    for (var k = 0u; k < 4u; k++) {
      let kind = (a.order >> (2u * k)) & 3u;
      if (kind == jitter_contrast) { break; }
      rgb = adjust(rgb, kind, a.factors, 0.0);
    }
    sum.x += gray(rgb);
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { partial_out[image * dims.chunks + group.x] = sum.x; }
}

@group(0) @binding(1) var<storage, read> partial: array<f32>;
@group(0) @binding(2) var<storage, read_write> means_out: array<f32>; // [N]

@compute @workgroup_size(64)
fn finish_gray(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  var sum = vec4f();
  for (var i = lane.x; i < dims.chunks; i += 64u) { sum.x += partial[group.x * dims.chunks + i]; }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { means_out[group.x] = sum.x / f32(dims.height * dims.width); }
}

// ---- the picture
@group(0) @binding(3) var<storage, read> means: array<f32>;
@group(0) @binding(4) var<storage, read_write> image_out: array<vec4f>;

fn normalised(rgb: vec3f) -> vec4f {
  let mean = vec3f(dims.mean_r, dims.mean_g, dims.mean_b);
  return vec4f((rgb - mean) * vec3f(dims.scale_r, dims.scale_g, dims.scale_b), 0.0);
}

@compute @workgroup_size(64)
fn jittered(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let pixels = dims.height * dims.width;
  if (index >= dims.images * pixels) { return; }
  let image = index / pixels;
  var rgb = colour(image * pixels + origin(index % pixels, image));
  if (augmentations[image].jitter == 1u) {
    let a = augmentations[image];
    for (var k = 0u; k < 4u; k++) { rgb = adjust(rgb, (a.order >> (2u * k)) & 3u, a.factors, means[image]); }
  }
  image_out[index] = normalised(rgb);
}

@group(0) @binding(3) var<storage, read_write> plain_out: array<vec4f>;

@compute @workgroup_size(64)
fn plain(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let pixels = dims.height * dims.width;
  if (index >= dims.images * pixels) { return; }
  let image = index / pixels;
  plain_out[index] = normalised(colour(image * pixels + origin(index % pixels, image)));
}

// ---- a map that goes with the picture: distance, mask. Words, or padded to 4.
@compute @workgroup_size(64)
fn map(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let pixels = dims.height * dims.width;
  if (index >= dims.images * pixels) { return; }
  let image = index / pixels;
  let at = image * pixels + origin(index % pixels, image);
  plain_out[index] = vec4f(bitcast<f32>(source[select(4u * at, at, dims.packed == 1u)]), 0.0, 0.0, 0.0);
}
