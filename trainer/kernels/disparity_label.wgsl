// Training labels: a map of disparities brought to [0, 1] by the smallest and largest value of each item (panorama
// or cube face), and the mask of the pixels that count. source and mask_in: words, or padded to 4 (the strides);
// label and mask_out: [N, H, W, 1] padded.
struct Dims {
  items: u32,
  pixels: u32, // of an item
  chunk: u32, // pixels of a workgroup
  chunks: u32,
  source_stride: u32,
  mask_stride: u32, // 0: no mask, every pixel counts
  invert: u32, // 1: the source is distance; valid in (0, farthest], 1/distance is the value
  farthest: f32,
  drop_zero: u32, // 1: pixels with label 0 do not count in the items that `dropped` names
  min_max: u32, // 1: each item is brought to [0, 1]
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> mask_in: array<f32>;

const largest = 3.4028234e38;
var<workgroup> ends: array<vec2f, 64>; // smallest, minus the largest

fn workgroup_ends(lane: u32, value: vec2f) -> vec2f { // for lane 0
  ends[lane] = value;
  workgroupBarrier();
  var least = value;
  if (lane == 0u) {
    for (var i = 1u; i < 64u; i++) { least = min(least, ends[i]); }
  }
  return least;
}

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn counts(pixel: u32) -> bool { return dims.mask_stride == 0u || mask_in[pixel * dims.mask_stride] > 0.5; }

// Whether a pixel's value is known; distances beyond the range or under the mask have no part in the label.
fn is_valid(pixel: u32) -> bool {
  let v = source[pixel * dims.source_stride];
  if (!is_finite(v)) { return false; }
  return dims.invert == 0u || (v > 0.0 && v <= dims.farthest && counts(pixel));
}

fn value_at(pixel: u32) -> f32 {
  let v = source[pixel * dims.source_stride];
  if (dims.invert == 1u) { return 1.0 / v; }
  return v;
}

@group(0) @binding(3) var<storage, read_write> partial_out: array<vec2f>; // [items][chunks]

@compute @workgroup_size(64)
fn find_ends(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let end = min((group.x + 1u) * dims.chunk, dims.pixels);
  var least = vec2f(largest);
  for (var i = group.x * dims.chunk + lane.x; i < end; i += 64u) {
    let pixel = group.y * dims.pixels + i;
    if (is_valid(pixel)) {
      let v = value_at(pixel);
      least = min(least, vec2f(v, -v));
    }
  }
  least = workgroup_ends(lane.x, least);
  if (lane.x == 0u) { partial_out[group.y * dims.chunks + group.x] = least; }
}

@group(0) @binding(1) var<storage, read> partial: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> ranges_out: array<vec2f>; // [items]: smallest, largest - smallest

@compute @workgroup_size(64)
fn finish_ends(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  var least = vec2f(largest);
  for (var i = lane.x; i < dims.chunks; i += 64u) { least = min(least, partial[group.x * dims.chunks + i]); }
  least = workgroup_ends(lane.x, least);
  if (lane.x == 0u) { ranges_out[group.x] = vec2f(least.x, -least.y - least.x); }
}

@group(0) @binding(3) var<storage, read> ranges: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> label: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> mask_out: array<vec4f>;
@group(0) @binding(6) var<storage, read> dropped: array<u32>; // [items]; a placeholder without drop_zero

@compute @workgroup_size(64)
fn normalise(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = id.x + id.y * groups.x * 64u;
  if (pixel >= dims.items * dims.pixels) { return; }
  let range = ranges[pixel / dims.pixels];
  let valid = is_valid(pixel);
  var value = 0.0;
  if (valid && dims.min_max == 0u) { value = value_at(pixel); }
  if (valid && dims.min_max != 0u && range.y > 0.0) { value = (value_at(pixel) - range.x) / range.y; }
  let drops = dims.drop_zero != 0u && dropped[pixel / dims.pixels] != 0u;
  let counted = valid && counts(pixel) && (!drops || value > 0.0);
  label[pixel] = vec4f(value, 0.0, 0.0, 0.0);
  mask_out[pixel] = vec4f(select(0.0, 1.0, counted), 0.0, 0.0, 0.0);
}
