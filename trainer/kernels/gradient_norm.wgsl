// Norm of all gradients, and whether the optimiser may step. One partial sum per chunk of the flat gradient
// buffer, then one workgroup adds them up in a fixed order.
const GROWTH = 2000.0; // Micikevicius et al. 2018, with the constants of PyTorch's GradScaler
const LARGEST = 16777216.0; // far from where squares of scaled gradients overflow

struct Dims {
  quads: u32, // vec4s of this range of the flat buffer
  chunk: u32, // vec4s of a workgroup
  first_partial: u32, // where this range's partial sums start
  partials: u32,
  max_norm: f32, // 0: no clipping
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial_out: array<f32>;

@compute @workgroup_size(64)
fn sum_squares(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  let index = group.x + group.y * groups.x;
  let end = min((index + 1u) * dims.chunk, dims.quads);
  var sum = vec4f();
  for (var i = index * dims.chunk + lane.x; i < end; i += 64u) {
    let g = gradients[i];
    sum += g * g;
  }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u && dims.first_partial + index < dims.partials) {
    partial_out[dims.first_partial + index] = dot(sum, vec4f(1.0));
  }
}

@group(0) @binding(1) var<storage, read> partial: array<f32>;
@group(0) @binding(2) var<storage, read> loss: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> norm: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> control: array<f32>; // [2]: factor of the gradients; 1 to step, 0 to skip
@group(0) @binding(5) var<storage, read_write> fault: array<f32>; // [1], kept from run to run: 0, then 1 for good

fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn sum_partials(lane: u32) -> f32 {
  var sum = vec4f();
  for (var i = lane; i < dims.partials; i += 64u) { sum.x += partial[i]; }
  return workgroup_sum(lane, sum).x;
}

fn clipping(length: f32) -> f32 { // torch.nn.utils.clip_grad_norm_
  if (dims.max_norm > 0.0) { return min(1.0, dims.max_norm / (length + 1e-6)); }
  return 1.0;
}

@compute @workgroup_size(64)
fn finish(@builtin(local_invocation_id) lane: vec3u) {
  let sum = sum_partials(lane.x);
  if (lane.x == 0u) {
    let length = sqrt(sum);
    norm[0] = length;
    control[0] = clipping(length);
    if (!(is_finite(sum) && is_finite(loss[0]))) { fault[0] = 1.0; }
    control[1] = 1.0 - fault[0];
  }
}

@group(0) @binding(6) var<storage, read_write> scale: array<f32>; // [2]: of the gradients; steps since it last changed

// The same of gradients that are `scale` times too large. Where they overflowed, this step alone is skipped and the scale
// halved; it is doubled after GROWTH steps without. A scale below 1, or a loss that is not finite, is a fault.
@compute @workgroup_size(64)
fn finish_scaled(@builtin(local_invocation_id) lane: vec3u) {
  let sum = sum_partials(lane.x);
  if (lane.x == 0u) {
    let before = scale[0];
    let length = sqrt(sum) / before;
    let finite = is_finite(sum);
    norm[0] = length;
    control[0] = clipping(length) / before;
    if (!is_finite(loss[0]) || (!finite && before < 2.0)) { fault[0] = 1.0; }
    control[1] = select(0.0, 1.0 - fault[0], finite);
    let steps = scale[1] + 1.0;
    if (!finite) {
      scale[0] = max(before * 0.5, 0.5);
      scale[1] = 0.0;
    } else if (steps >= GROWTH) {
      scale[0] = min(before * 2.0, LARGEST);
      scale[1] = 0.0;
    } else {
      scale[1] = steps;
    }
  }
}
