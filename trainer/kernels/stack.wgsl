// stack: the images of several batches one after the other.        x, dx: [count] vec4, y, dy: [at least offset + count] vec4
struct Dims { count: u32, offset: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Stored2>>;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = span(group, groups, local, dims.count);
  for (var i = own.first; i < own.end; i += STEP) { y[dims.offset + i] = vec4<Stored2>(vec4f(x[i])); }
}

@group(0) @binding(1) var<storage, read> dy: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<Stored2>>;

// dx = or += its part of dy
@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = span(group, groups, local, dims.count);
  for (var i = own.first; i < own.end; i += STEP) {
    var d = vec4f(dy[dims.offset + i]);
    if (dims.accumulate == 1u) { d += vec4f(dx[i]); }
    dx[i] = vec4<Stored2>(d);
  }
}
