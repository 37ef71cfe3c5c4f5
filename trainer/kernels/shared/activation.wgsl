// The two passes of an activation, over [count] vec4. Its own text, before this one, has `struct Dims` with `count` first, and
//   fn activate(v: vec4f, i: u32) -> vec4f   y of x, the vec4 with the index i
//   fn through(d: vec4f, v: vec4f) -> vec4f  dx of dy and y
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
  for (var i = own.first; i < own.end; i += STEP) { y[i] = vec4<Stored2>(activate(vec4f(x[i]), i)); }
}

@group(0) @binding(1) var<storage, read> result: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4<Stored3>>;

// dx = or += dy times the slope
@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = span(group, groups, local, dims.count);
  for (var i = own.first; i < own.end; i += STEP) {
    var d = through(vec4f(dy[i]), vec4f(result[i]));
    if (ACCUMULATE) { d += vec4f(dx[i]); }
    dx[i] = vec4<Stored3>(d);
  }
}
