// Reverse Huber loss (Laina et al. 2016) of e = |target - prediction| over the valid pixels: e up to a threshold c,
// (e^2 + c^2) / (2c) above it, c = 0.2 max e. UniFuse: one c for the batch, a constant for the gradient. BiFuse++: one c
// per image, the gradient goes through it to the largest error, and 1e-6 in both denominators.
// prediction: [items, pixels] padded to 4 words; target and mask: the same or one word a pixel (the strides).
struct Dims {
  items: u32,
  pixels: u32,
  chunk: u32, // pixels of a workgroup
  chunks: u32, // workgroups of an item
  target_stride: u32,
  mask_stride: u32, // 0: no mask
  per_item: u32, // 1: a threshold for each item, part of the gradient (BiFuse++)
  drop_threshold: u32, // 1: an error equal to the threshold counts 0 (released UniFuse)
  epsilon: f32,
  nan_bits: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> prediction: array<f32>;
@group(0) @binding(2) var<storage, read> target_map: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;

var<workgroup> largest: array<f32, 64>;

fn workgroup_maximum(lane: u32, value: f32) -> f32 { // for lane 0
  largest[lane] = value;
  workgroupBarrier();
  var most = value;
  if (lane == 0u) {
    for (var i = 1u; i < 64u; i++) { most = max(most, largest[i]); }
  }
  return most;
}

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn is_valid(pixel: u32) -> bool {
  let t = target_map[pixel * dims.target_stride];
  return t > 0.0 && is_finite(t) && (dims.mask_stride == 0u || mask[pixel * dims.mask_stride] > 0.5);
}

fn signed_error(pixel: u32) -> f32 { return prediction[4u * pixel] - target_map[pixel * dims.target_stride]; }

// ---- thresholds
@group(0) @binding(4) var<storage, read_write> partial_largest: array<f32>; // [items][chunks]

@compute @workgroup_size(64)
fn find_largest(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let end = min((group.x + 1u) * dims.chunk, dims.pixels);
  var most = 0.0;
  for (var i = group.x * dims.chunk + lane.x; i < end; i += 64u) {
    let pixel = group.y * dims.pixels + i;
    let e = abs(signed_error(pixel));
    if (is_valid(pixel) && is_finite(e)) { most = max(most, e); }
  }
  most = workgroup_maximum(lane.x, most);
  if (lane.x == 0u) { partial_largest[group.y * dims.chunks + group.x] = most; }
}

@group(0) @binding(1) var<storage, read> all_largest: array<f32>;
@group(0) @binding(2) var<storage, read_write> largest_out: array<f32>; // [items]

@compute @workgroup_size(64)
fn finish_largest(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let first = select(0u, group.x * dims.chunks, dims.per_item == 1u);
  let count = select(dims.items * dims.chunks, dims.chunks, dims.per_item == 1u);
  var most = 0.0;
  for (var i = lane.x; i < count; i += 64u) { most = max(most, all_largest[first + i]); }
  most = workgroup_maximum(lane.x, most);
  if (lane.x == 0u) { largest_out[group.x] = most; }
}

// ---- sums
@group(0) @binding(4) var<storage, read> largest_error: array<f32>; // [items]
@group(0) @binding(5) var<storage, read_write> partial_out: array<vec4f>; // [items][chunks]

// An item's sums: loss, valid pixels, d loss / d threshold, pixels with the largest error.
fn terms(e: f32, most: f32) -> vec4f {
  let c = 0.2 * most;
  let ties = select(0.0, 1.0, e == most);
  if (e == c && dims.drop_threshold == 1u) { return vec4f(0.0, 1.0, 0.0, ties); }
  if (e <= c || c == 0.0) { return vec4f(e, 1.0, 0.0, ties); }
  let below = 2.0 * c + dims.epsilon;
  let loss = (e * e + c * c) / below;
  return vec4f(loss, 1.0, (2.0 * c - 2.0 * loss) / below, ties);
}

@compute @workgroup_size(64)
fn sum_errors(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let end = min((group.x + 1u) * dims.chunk, dims.pixels);
  let most = largest_error[group.y];
  var sum = vec4f();
  for (var i = group.x * dims.chunk + lane.x; i < end; i += 64u) {
    let pixel = group.y * dims.pixels + i;
    if (!is_valid(pixel)) { continue; }
    let e = abs(signed_error(pixel));
    if (is_finite(e)) { sum += terms(e, most); } else { sum.x += bitcast<f32>(dims.nan_bits); }
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { partial_out[group.y * dims.chunks + group.x] = sum; }
}

@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums_out: array<vec4f>; // [items]
@group(0) @binding(3) var<storage, read_write> item_losses: array<f32>; // [items]

@compute @workgroup_size(64)
fn finish_items(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  var sum = vec4f();
  for (var i = lane.x; i < dims.chunks; i += 64u) { sum += partial[group.x * dims.chunks + i]; }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) {
    sums_out[group.x] = sum;
    item_losses[group.x] = sum.x / (max(sum.y, 1.0) + dims.epsilon);
  }
}

@group(0) @binding(1) var<storage, read> all_sums: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> loss_out: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> weight_out: array<f32>; // [1], d loss / d sum

@compute @workgroup_size(64)
fn finish_loss(@builtin(local_invocation_id) lane: vec3u) {
  var sum = vec4f();
  for (var i = lane.x; i < dims.items; i += 64u) { sum += all_sums[i]; }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) {
    let weight = 1.0 / (max(sum.y, 1.0) + dims.epsilon);
    loss_out[0] = sum.x * weight;
    weight_out[0] = weight;
  }
}

// ---- backward
@group(0) @binding(5) var<storage, read> sums: array<vec4f>;
@group(0) @binding(6) var<storage, read> weight: array<f32>;
@group(0) @binding(7) var<storage, read> dloss: array<f32>;
@group(0) @binding(8) var<storage, read_write> dprediction: array<vec4f>;

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = id.x + id.y * groups.x * 64u;
  if (pixel >= dims.items * dims.pixels) { return; }
  let item = pixel / dims.pixels;
  let error = signed_error(pixel);
  let e = abs(error);
  var slope = 0.0;
  if (is_valid(pixel) && is_finite(error)) {
    let most = largest_error[item];
    let c = 0.2 * most;
    slope = 1.0;
    if (e == c && dims.drop_threshold == 1u) { slope = 0.0; }
    if (e > c && c > 0.0) { slope = 2.0 * e / (2.0 * c + dims.epsilon); }
    if (dims.per_item == 1u && e == most) { slope += 0.2 * sums[item].z / max(sums[item].w, 1.0); }
    slope *= sign(error) * weight[0] * dloss[0];
  }
  let share = vec4f(slope, 0.0, 0.0, 0.0);
  if (dims.accumulate == 1u) { dprediction[pixel] += share; } else { dprediction[pixel] = share; }
}
