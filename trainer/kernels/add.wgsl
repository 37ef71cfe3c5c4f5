// add: y = a + b.        a, b, y, dy, dx: [count] vec4
struct Dims { count: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> a: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Stored3>>;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = span(group, groups, local, dims.count);
  for (var i = own.first; i < own.end; i += STEP) { y[i] = vec4<Stored3>(vec4f(a[i]) + vec4f(b[i])); }
}

@group(0) @binding(1) var<storage, read> dy: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<Stored2>>;

// dx = or += dy, once for each summand
@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = span(group, groups, local, dims.count);
  for (var i = own.first; i < own.end; i += STEP) {
    var d = vec4f(dy[i]);
    if (ACCUMULATE) { d += vec4f(dx[i]); }
    dx[i] = vec4<Stored2>(d);
  }
}
