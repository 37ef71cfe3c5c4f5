// count_valid: how many pixels of a mask are valid (above 0.5), and how many items (panoramas, faces) have one.
// mask: [items, pixels], 4 words a pixel of which the first counts.
struct Dims { items: u32, pixels: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> mask: array<f32>;
@group(0) @binding(2) var<storage, read_write> counts_out: array<f32>; // [items]

@compute @workgroup_size(64) // one workgroup per item
fn count_item(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  var count = vec4f();
  let first = group.x * dims.pixels;
  for (var i = first + lane.x; i < first + dims.pixels; i += 64u) {
    count.x += select(0.0, 1.0, mask[4u * i] > 0.5);
  }
  count = workgroup_sum(lane.x, count);
  if (lane.x == 0u) { counts_out[group.x] = count.x; }
}

@group(0) @binding(1) var<storage, read> counts: array<f32>;
@group(0) @binding(2) var<storage, read_write> whole: array<f32>; // [2]: pixels, items

@compute @workgroup_size(64)
fn sum_items(@builtin(local_invocation_id) lane: vec3u) {
  var sum = vec4f();
  for (var i = lane.x; i < dims.items; i += 64u) {
    sum += vec4f(counts[i], select(0.0, 1.0, counts[i] > 0.0), 0.0, 0.0);
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) {
    whole[0] = sum.x;
    whole[1] = sum.y;
  }
}
