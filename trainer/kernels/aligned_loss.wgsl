// Relative error after alignment: each item's prediction p is brought to its target t by one factor or by a line, then
// compared pixel by pixel. With r the error of a pixel the loss is the mean of |r| / (1 + |r|), which far-off pixels cannot rule.
//   scale   r = ln p - ln t - mean(ln p - ln t)                         where t > 0
//   affine  r = (a p + b - t) / (t + FLOOR mean t), a and b by least squares; t = 0 (sky) counts
// Both follow the alignments of the evaluation; the gradient goes through the alignment too.
// An item is an image of `pixels` pixels. prediction: 4 words a pixel (channel 0 counts); target, mask: the same or 1 word (the strides).
const FLOOR = 0.05; // how near to 0 a target may come before its error is measured against the mean instead
const SMALLEST = 1e-12; // of a prediction whose logarithm is taken

struct Dims {
  items: u32,
  pixels: u32,
  target_stride: u32,
  mask_stride: u32,
  affine: u32, // 0: scale
  accumulate: u32,
  nan_bits: u32, // WGSL has no NaN literal
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> prediction: array<f32>;
@group(0) @binding(2) var<storage, read> target_map: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;

struct Row { // of an item
  count: f32, // valid pixels; 0 where nothing can be compared
  centre: f32, // mean p
  middle: f32, // mean t
  spread: f32, // sum of (p - centre)^2; 0 for a flat prediction
  factor: f32, // a
  shift: f32, // b, or the mean of ln p - ln t
  loss: f32,
  slopes: f32, // sum of d loss / d error
  leverage: f32, // sum of that times (p - centre)
}

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn is_valid(pixel: u32) -> bool {
  let t = target_map[pixel * dims.target_stride];
  return mask[pixel * dims.mask_stride] > 0.5 && is_finite(t) && (dims.affine == 1u || t > 0.0);
}

fn log_ratio(pixel: u32) -> f32 {
  return log(max(prediction[4u * pixel], SMALLEST)) - log(target_map[pixel * dims.target_stride]);
}

// |r| / (1 + |r|) and its derivative by the error of which r is 1 / unit.
fn bounded(error: f32, unit: f32) -> vec2f {
  let most = 1.0 + abs(error / unit);
  return vec2f((most - 1.0) / most, sign(error) / (most * most * unit));
}

fn compared(row: Row, pixel: u32) -> vec2f {
  if (dims.affine == 0u) { return bounded(log_ratio(pixel) - row.shift, 1.0); }
  let t = target_map[pixel * dims.target_stride];
  return bounded(row.factor * prediction[4u * pixel] + row.shift - t, t + FLOOR * row.middle);
}

// ---- alignment and sums: one workgroup per item
@group(0) @binding(4) var<storage, read_write> rows_out: array<Row>;
var<workgroup> told: vec4f;

fn sum_for_all(lane: u32, term: vec4f) -> vec4f { // workgroup_sum() tells lane 0 only
  let sum = workgroup_sum(lane, term);
  if (lane == 0u) { told = sum; }
  return workgroupUniformLoad(&told);
}

@compute @workgroup_size(64)
fn align(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let first = group.x * dims.pixels;
  let end = first + dims.pixels;
  var sum = vec4f();
  for (var i = first + lane.x; i < end; i += 64u) {
    if (!is_valid(i)) { continue; }
    let p = prediction[4u * i];
    if (!is_finite(p)) { sum.y = bitcast<f32>(dims.nan_bits); }
    sum += vec4f(1.0, p, target_map[i * dims.target_stride], 0.0);
    if (dims.affine == 0u) { sum.w += log_ratio(i); }
  }
  sum = sum_for_all(lane.x, sum);
  let count = max(sum.x, 1.0);
  var row = Row(sum.x, sum.y / count, sum.z / count, 0.0, 0.0, sum.w / count, 0.0, 0.0, 0.0);
  if (row.middle <= 0.0) { row.count = 0.0; }
  if (dims.affine == 1u) {
    var moments = vec4f();
    for (var i = first + lane.x; i < end; i += 64u) {
      if (!is_valid(i)) { continue; }
      let p = prediction[4u * i] - row.centre;
      moments += vec4f(p * p, p * (target_map[i * dims.target_stride] - row.middle), 0.0, 0.0);
    }
    moments = sum_for_all(lane.x, moments);
    let flat = moments.x <= count * row.centre * row.centre * 1e-12; // below the rounding of f32 there is no slope
    row.spread = select(moments.x, 0.0, flat);
    row.factor = select(moments.y / moments.x, 0.0, flat);
    row.shift = row.middle - row.factor * row.centre;
  }
  var errors = vec4f();
  for (var i = first + lane.x; i < end; i += 64u) {
    if (row.count == 0.0 || !is_valid(i)) { continue; }
    let error = compared(row, i);
    errors += vec4f(error, error.y * (prediction[4u * i] - row.centre), 0.0);
  }
  errors = sum_for_all(lane.x, errors);
  if (lane.x == 0u) {
    row.loss = errors.x / count;
    if (row.count > 0.0 && !is_finite(row.centre)) { row.loss = bitcast<f32>(dims.nan_bits); }
    row.slopes = errors.y;
    row.leverage = errors.z;
    rows_out[group.x] = row;
  }
}

// ---- mean over the items
@group(0) @binding(1) var<storage, read> all_rows: array<Row>;
@group(0) @binding(2) var<storage, read_write> item_losses: array<f32>; // [items]
@group(0) @binding(3) var<storage, read_write> loss_out: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> weight_out: array<f32>; // [1], d loss / d an item's loss

@compute @workgroup_size(64)
fn finish(@builtin(local_invocation_id) lane: vec3u) {
  var sum = vec4f();
  for (var i = lane.x; i < dims.items; i += 64u) {
    let counts = all_rows[i].count > 0.0;
    item_losses[i] = select(0.0, all_rows[i].loss, counts);
    sum += select(vec4f(), vec4f(all_rows[i].loss, 1.0, 0.0, 0.0), counts);
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) {
    weight_out[0] = 1.0 / max(sum.y, 1.0);
    loss_out[0] = sum.x / max(sum.y, 1.0);
  }
}

// ---- backward: one invocation per pixel
@group(0) @binding(4) var<storage, read> rows: array<Row>;
@group(0) @binding(5) var<storage, read> weight: array<f32>;
@group(0) @binding(6) var<storage, read> dloss: array<f32>;
@group(0) @binding(7) var<storage, read_write> dprediction: array<vec4f>;

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = id.x + id.y * groups.x * 64u;
  if (pixel >= dims.items * dims.pixels) { return; }
  let row = rows[pixel / dims.pixels];
  var slope = 0.0;
  if (row.count > 0.0 && is_finite(row.loss) && is_valid(pixel)) {
    let p = prediction[4u * pixel];
    slope = compared(row, pixel).y - row.slopes / row.count;
    if (dims.affine == 0u) {
      slope = select(0.0, slope / max(p, SMALLEST), p > SMALLEST);
    } else {
      slope *= row.factor;
      if (row.spread > 0.0) {
        let rest = target_map[pixel * dims.target_stride] - row.middle - 2.0 * row.factor * (p - row.centre);
        slope += row.leverage * rest / row.spread;
      }
    }
    slope *= weight[0] * dloss[0] / row.count;
  }
  let share = vec4f(slope, 0.0, 0.0, 0.0);
  if (dims.accumulate == 1u) { dprediction[pixel] += share; } else { dprediction[pixel] = share; }
}
