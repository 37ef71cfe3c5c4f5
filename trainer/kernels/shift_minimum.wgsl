// y = x - min(0, smallest x): lifts a batch whose minimum is negative to 0, as one, and leaves others as they are.
// x, y: [N, H, W, 1] padded. NaN and infinities do not count as minimum.
struct Dims {
  pixels: u32,
  chunk: u32, // pixels of a workgroup
  chunks: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> partial_minima: array<f32>; // [chunks]

const largest = 3.4028234e38;
var<workgroup> minima: array<f32, 64>;

fn workgroup_minimum(lane: u32, value: f32) -> f32 { // for lane 0
  minima[lane] = value;
  workgroupBarrier();
  var least = value;
  if (lane == 0u) {
    for (var i = 1u; i < 64u; i++) { least = min(least, minima[i]); }
  }
  return least;
}

@compute @workgroup_size(64)
fn find_minima(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let end = min((group.x + 1u) * dims.chunk, dims.pixels);
  var least = largest;
  for (var i = group.x * dims.chunk + lane.x; i < end; i += 64u) {
    let v = x[4u * i];
    if ((bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u) { least = min(least, v); }
  }
  least = workgroup_minimum(lane.x, least);
  if (lane.x == 0u) { partial_minima[group.x] = least; }
}

@group(0) @binding(1) var<storage, read> all_minima: array<f32>;
@group(0) @binding(2) var<storage, read_write> minimum_out: array<f32>; // [1], at most 0

@compute @workgroup_size(64)
fn finish_minimum(@builtin(local_invocation_id) lane: vec3u) {
  var least = largest;
  for (var i = lane.x; i < dims.chunks; i += 64u) { least = min(least, all_minima[i]); }
  least = workgroup_minimum(lane.x, least);
  if (lane.x == 0u) { minimum_out[0] = min(least, 0.0); }
}

@group(0) @binding(2) var<storage, read> minimum: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= dims.pixels) { return; }
  y[index] = vec4f(x[4u * index] - minimum[0], 0.0, 0.0, 0.0);
}

// ---- backward: the minimum takes the whole gradient away from the pixels that hold it, evenly over ties
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> partial_out: array<vec4f>; // [chunks]: sum of dy, ties

@compute @workgroup_size(64)
fn sum_gradient(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let end = min((group.x + 1u) * dims.chunk, dims.pixels);
  var sum = vec4f();
  for (var i = group.x * dims.chunk + lane.x; i < end; i += 64u) {
    sum += vec4f(dy[4u * i], select(0.0, 1.0, x[4u * i] == minimum[0]), 0.0, 0.0);
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { partial_out[group.x] = sum; }
}

@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> share_out: array<f32>; // [1]

@compute @workgroup_size(64)
fn finish_gradient(@builtin(local_invocation_id) lane: vec3u) {
  var sum = vec4f();
  for (var i = lane.x; i < dims.chunks; i += 64u) { sum += partial[i]; }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { share_out[0] = sum.x / max(sum.y, 1.0); }
}

@group(0) @binding(4) var<storage, read> share: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= dims.pixels) { return; }
  var gradient = dy[4u * index];
  if (minimum[0] < 0.0 && x[4u * index] == minimum[0]) { gradient -= share[0]; }
  let value = vec4f(gradient, 0.0, 0.0, 0.0);
  if (dims.accumulate == 1u) { dx[index] += value; } else { dx[index] = value; }
}
