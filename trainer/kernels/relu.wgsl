// relu: y = max(x, 0); NaN stays NaN.        x, y, dy, dx: [count] vec4
struct Dims { count: u32 }
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
  for (var i = own.first; i < own.end; i += STEP) {
    let v = vec4f(x[i]);
    y[i] = vec4<Stored2>(select(v, vec4f(0.0), v < vec4f(0.0)));
  }
}

@group(0) @binding(1) var<storage, read> result: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4<Stored3>>;

// dx = or += dy where y > 0
@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = span(group, groups, local, dims.count);
  for (var i = own.first; i < own.end; i += STEP) {
    var d = select(vec4f(dy[i]), vec4f(0.0), vec4f(result[i]) <= vec4f(0.0));
    if (ACCUMULATE) { d += vec4f(dx[i]); }
    dx[i] = vec4<Stored3>(d);
  }
}
