// Affine-invariant loss (paper eqs. 5-7): of each item, prediction and target are brought to median 0 and mean
// absolute deviation 1, then compared by their mean absolute difference.
//
// An item is a panorama or a cube face of `pixels` pixels. prediction: `pixels` of 4 words each (channel 0 counts);
// target and mask: the same, or 1 word a pixel (the strides). The two maps, 0 = prediction and 1 = target, are kept
// as sortable keys [2][items][row]; row = pixels rounded up to 4. Row r = map * items + item.
//
// The lower median is found by radix select, digits of 11, 11 and 10 bits. Sums: one term per chunk of pixels
// (`partial`), added up in a second dispatch in a fixed order.
struct Dims {
  items: u32,
  pixels: u32,
  row: u32, // words of a row of keys
  chunk: u32, // pixels of a workgroup, a multiple of 4
  chunks: u32, // workgroups of an item
  target_stride: u32,
  mask_stride: u32,
  mean_over_items: u32, // 1: mean of the items' means; 0: mean over all valid pixels
  shift: u32, // the digit that is counted: key >> shift, `digit_mask`
  digit_mask: u32,
  first_digit: u32,
  accumulate: u32,
  nan_bits: u32, // WGSL has no NaN literal
  given_whole: u32, // 1: the means divide by the counts in `whole`, those of a batch that these items are a part of
}
@group(0) @binding(0) var<uniform> dims: Dims;

const not_valid = 0xffffffffu; // outside the mask, or the target is not finite
const not_finite = 0xfffffffeu; // the prediction is NaN or infinite on a valid pixel
const bins = 2048u;

struct Row { // of one map of one item
  prefix: u32, // the digits of the median's key so far; the whole key in the end
  rank: u32, // the median's place among the keys that share the prefix
  count: u32, // valid pixels
  ties: u32, // valid pixels that equal the median
  scale: f32, // mean absolute deviation; 0: flat, or no valid pixel
  broken: u32, // valid pixels with a prediction that is not finite
}
struct Item { // of one item, for the way back
  difference: f32, // sum of |p^ - g^|
  signs: f32, // sum of sign(p^ - g^)
  leverage: f32, // sum of sign(p^ - g^) p^
  balance: f32, // sum of sign(p - median)
  weight: f32, // d loss / d difference
}

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn key_of(x: f32) -> u32 { // ascending with x; -0 is 0
  let bits = select(bitcast<u32>(x), 0u, x == 0.0);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn value_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}

// ---- keys: one invocation per 4 pixels
@group(0) @binding(1) var<storage, read> prediction: array<f32>;
@group(0) @binding(2) var<storage, read> target_map: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;
@group(0) @binding(4) var<storage, read_write> keys_out: array<vec4u>;

@compute @workgroup_size(64)
fn sort_keys(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let quads = dims.row / 4u;
  if (index >= dims.items * quads) { return; }
  let item = index / quads;
  let first = (index % quads) * 4u;
  var p = vec4u(not_valid);
  var g = vec4u(not_valid);
  for (var i = 0u; i < 4u; i++) {
    if (first + i >= dims.pixels) { break; }
    let pixel = item * dims.pixels + first + i;
    let target_value = target_map[pixel * dims.target_stride];
    if (mask[pixel * dims.mask_stride] > 0.5 && is_finite(target_value)) {
      let value = prediction[pixel * 4u];
      p[i] = select(not_finite, key_of(value), is_finite(value));
      g[i] = key_of(target_value);
    }
  }
  keys_out[index] = p;
  keys_out[dims.items * quads + index] = g;
}

// ---- radix select
@group(0) @binding(1) var<storage, read> keys: array<vec4u>;
@group(0) @binding(2) var<storage, read> rows: array<Row>;
@group(0) @binding(3) var<storage, read_write> histogram_out: array<atomic<u32>>; // [row][bin], zero
var<workgroup> local_bins: array<atomic<u32>, bins>;

@compute @workgroup_size(256)
fn count_digits(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = group.y;
  for (var i = lane.x; i < bins; i += 256u) { atomicStore(&local_bins[i], 0u); }
  workgroupBarrier();
  let above = dims.shift + countOneBits(dims.digit_mask);
  let prefix = rows[row].prefix;
  let start = row * (dims.row / 4u);
  let end = min((group.x + 1u) * dims.chunk, dims.row) / 4u;
  for (var i = group.x * dims.chunk / 4u + lane.x; i < end; i += 256u) {
    let four = keys[start + i];
    for (var k = 0u; k < 4u; k++) {
      let key = four[k];
      if (key != not_valid && (dims.first_digit == 1u || (key >> above) == prefix)) {
        atomicAdd(&local_bins[(key >> dims.shift) & dims.digit_mask], 1u);
      }
    }
  }
  workgroupBarrier();
  for (var i = lane.x; i < bins; i += 256u) {
    let count = atomicLoad(&local_bins[i]);
    if (count > 0u) { atomicAdd(&histogram_out[row * bins + i], count); }
  }
}

@group(0) @binding(1) var<storage, read_write> histogram: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows_out: array<Row>;
var<workgroup> counts: array<u32, 64>;

@compute @workgroup_size(64) // one workgroup per row; leaves the histogram zero for the next digit
fn select_digit(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = group.x;
  let mine = row * bins + lane.x * 32u;
  var count = 0u;
  for (var i = 0u; i < 32u; i++) { count += histogram[mine + i]; }
  counts[lane.x] = count;
  workgroupBarrier();
  if (lane.x == 0u) {
    var state = rows_out[row];
    if (dims.first_digit == 1u) {
      state = Row();
      for (var i = 0u; i < 64u; i++) { state.count += counts[i]; }
      state.rank = (max(state.count, 1u) - 1u) / 2u; // lower median
    }
    if (state.count > 0u) {
      var block = 0u;
      while (block < 63u && state.rank >= counts[block]) {
        state.rank -= counts[block];
        block++;
      }
      var digit = block * 32u;
      while (digit < bins - 1u && state.rank >= histogram[row * bins + digit]) {
        state.rank -= histogram[row * bins + digit];
        digit++;
      }
      state.ties = histogram[row * bins + digit];
      state.prefix = (state.prefix << countOneBits(dims.digit_mask)) | digit;
    }
    rows_out[row] = state;
  }
  storageBarrier();
  workgroupBarrier();
  for (var i = 0u; i < 32u; i++) { histogram[mine + i] = 0u; }
}

// ---- mean absolute deviation
@group(0) @binding(3) var<storage, read_write> partial_out: array<vec4f>; // [row or item][chunk]

@compute @workgroup_size(64)
fn sum_deviations(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = group.y;
  let median = value_of(rows[row].prefix);
  let start = row * (dims.row / 4u);
  let end = min((group.x + 1u) * dims.chunk, dims.row) / 4u;
  var deviation = vec4f();
  var broken = 0.0;
  for (var i = group.x * dims.chunk / 4u + lane.x; i < end; i += 64u) {
    let four = keys[start + i];
    for (var k = 0u; k < 4u; k++) {
      let key = four[k];
      if (key < not_finite) { deviation[k] += abs(value_of(key) - median); }
      if (key == not_finite) { broken += 1.0; }
    }
  }
  let sum = workgroup_sum(lane.x, vec4f(dot(deviation, vec4f(1.0)), broken, 0.0, 0.0));
  if (lane.x == 0u) { partial_out[row * dims.chunks + group.x] = sum; }
}

@group(0) @binding(1) var<storage, read> partial: array<vec4f>;

@compute @workgroup_size(64) // one workgroup per row
fn finish_scales(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = group.x;
  var sum = vec4f();
  for (var i = lane.x; i < dims.chunks; i += 64u) { sum += partial[row * dims.chunks + i]; }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) {
    let scale = sum.x / f32(max(rows_out[row].count, 1u));
    // Below the smallest normal number a map is flat: adapters may flush such numbers to 0.
    rows_out[row].scale = select(0.0, scale, scale >= 1.1754944e-38);
    rows_out[row].broken = u32(sum.y);
  }
}

// ---- differences
fn inverse(scale: f32) -> f32 { return select(0.0, 1.0 / scale, scale > 0.0); } // flat: the hat is 0

@compute @workgroup_size(64)
fn sum_differences(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let item = group.y;
  let quads = dims.row / 4u;
  let p_median = value_of(rows[item].prefix);
  let g_median = value_of(rows[dims.items + item].prefix);
  let p_inverse = inverse(rows[item].scale);
  let g_inverse = inverse(rows[dims.items + item].scale);
  let end = min((group.x + 1u) * dims.chunk, dims.row) / 4u;
  var sum = vec4f();
  for (var i = group.x * dims.chunk / 4u + lane.x; i < end; i += 64u) {
    let p = keys[item * quads + i];
    let g = keys[(dims.items + item) * quads + i];
    var four = vec4f();
    for (var k = 0u; k < 4u; k++) {
      if (p[k] < not_finite) {
        let deviation = value_of(p[k]) - p_median;
        let hat = deviation * p_inverse;
        let difference = hat - (value_of(g[k]) - g_median) * g_inverse;
        four += vec4f(abs(difference), sign(difference), sign(difference) * hat, sign(deviation));
      }
    }
    sum += four;
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { partial_out[item * dims.chunks + group.x] = sum; }
}

@group(0) @binding(2) var<storage, read_write> items_out: array<Item>;

@compute @workgroup_size(64) // one workgroup per item
fn finish_items(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let item = group.x;
  var sum = vec4f();
  for (var i = lane.x; i < dims.chunks; i += 64u) { sum += partial[item * dims.chunks + i]; }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { items_out[item] = Item(sum.x, sum.y, sum.z, sum.w, 0.0); }
}

// ---- the loss: one workgroup
@group(0) @binding(1) var<storage, read> all_rows: array<Row>;
@group(0) @binding(3) var<storage, read_write> item_losses: array<f32>; // mean of an item; NaN where it is broken
@group(0) @binding(4) var<storage, read_write> loss: array<f32>; // [1]
@group(0) @binding(5) var<storage, read> whole: array<f32>; // [2]: valid pixels, items that have some; or anything

@compute @workgroup_size(64)
fn finish_loss(@builtin(local_invocation_id) lane: vec3u) {
  var seen = vec4f(); // valid pixels, items that have some, broken pixels
  for (var i = lane.x; i < dims.items; i += 64u) {
    let count = f32(all_rows[i].count);
    seen += vec4f(count, select(0.0, 1.0, count > 0.0), f32(all_rows[i].broken), 0.0);
  }
  seen = workgroup_sum(lane.x, seen);
  workgroupBarrier();
  if (lane.x == 0u) { workgroup_terms[0] = seen; }
  workgroupBarrier();
  seen = workgroup_terms[0];
  workgroupBarrier();
  if (dims.given_whole == 1u) { seen = vec4f(whole[0], whole[1], seen.zw); }
  let nan = bitcast<f32>(dims.nan_bits);
  var sum = vec4f();
  for (var i = lane.x; i < dims.items; i += 64u) {
    let count = max(f32(all_rows[i].count), 1.0);
    let broken = all_rows[i].broken > 0u;
    let difference = items_out[i].difference;
    let weight = select(1.0 / max(seen.x, 1.0), 1.0 / (count * max(seen.y, 1.0)), dims.mean_over_items == 1u);
    items_out[i].weight = select(weight, 0.0, broken);
    item_losses[i] = select(difference / count, nan, broken);
    sum.x += difference * weight;
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) { loss[0] = select(sum.x, nan, seen.z > 0.0); }
}

// ---- backward: one invocation per 4 pixels
// d loss / d p_j = w/s ( sgn_j - sign(p_j - median) leverage/n + [p_j = median]/ties (balance leverage/n - signs) ):
// through the hat itself, through the scale, and through the median, which ties share evenly as in PyTorch.
@group(0) @binding(3) var<storage, read> items: array<Item>;
@group(0) @binding(4) var<storage, read> dloss: array<f32>;
@group(0) @binding(5) var<storage, read_write> dprediction: array<vec4f>;

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let quads = dims.row / 4u;
  if (index >= dims.items * quads) { return; }
  let item = index / quads;
  let p = keys[index];
  let g = keys[dims.items * quads + index];
  let row = rows[item];
  let p_median = value_of(row.prefix);
  let p_inverse = inverse(row.scale);
  let g_median = value_of(rows[dims.items + item].prefix);
  let g_inverse = inverse(rows[dims.items + item].scale);
  let signs = items[item].signs;
  let pull = items[item].leverage / f32(max(row.count, 1u));
  let through_median = (items[item].balance * pull - signs) / f32(max(row.ties, 1u));
  let weight = items[item].weight * p_inverse * dloss[0];
  let first = (index % quads) * 4u;
  for (var k = 0u; k < min(4u, dims.pixels - first); k++) {
    var gradient = 0.0;
    if (p[k] < not_finite) {
      let deviation = value_of(p[k]) - p_median;
      let difference = deviation * p_inverse - (value_of(g[k]) - g_median) * g_inverse;
      gradient = sign(difference) - sign(deviation) * pull;
      if (p[k] == row.prefix) { gradient += through_median; }
      gradient *= weight;
    }
    let at = item * dims.pixels + first + k;
    let share = vec4f(gradient, 0.0, 0.0, 0.0);
    if (dims.accumulate == 1u) { dprediction[at] += share; } else { dprediction[at] = share; }
  }
}
