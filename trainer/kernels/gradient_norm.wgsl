// Norm of all gradients, and whether the optimiser may step. One partial sum per chunk of the flat gradient
// buffer, then one workgroup adds them up in a fixed order.
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

@compute @workgroup_size(64)
fn finish(@builtin(local_invocation_id) lane: vec3u) {
  var sum = vec4f();
  for (var i = lane.x; i < dims.partials; i += 64u) { sum.x += partial[i]; }
  sum = workgroup_sum(lane.x, sum);
  if (lane.x == 0u) {
    let length = sqrt(sum.x);
    var factor = 1.0; // torch.nn.utils.clip_grad_norm_
    if (dims.max_norm > 0.0) { factor = min(1.0, dims.max_norm / (length + 1e-6)); }
    norm[0] = length;
    control[0] = factor;
    if (!(is_finite(sum.x) && is_finite(loss[0]))) { fault[0] = 1.0; }
    control[1] = 1.0 - fault[0];
  }
}
