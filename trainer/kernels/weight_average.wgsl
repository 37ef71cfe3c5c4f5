// Moving average of the parameters: average += rate (value - average). average, values: a range of the flat buffers
struct Dims { quads: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> rate: array<f32>; // [1]
@group(0) @binding(2) var<storage, read> control: array<f32>; // second word 0: the step was skipped
@group(0) @binding(3) var<storage, read> values: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> average: array<vec4f>;

const per_thread = 4u; // vec4s, 64 apart

@compute @workgroup_size(64)
fn update(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  if (control[1] == 0.0) { return; }
  let first = (group.x + group.y * groups.x) * 64u * per_thread + lane.x;
  for (var i = first; i < min(first + 64u * per_thread, dims.quads); i += 64u) {
    // Mixed, not moved by a difference: rate 1 gives the values themselves, to the bit.
    average[i] = average[i] * (1.0 - rate[0]) + values[i] * rate[0];
  }
}
