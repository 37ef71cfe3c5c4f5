// sigmoid: y = scale / (1 + exp(-x)).        x, y, dy, dx: [count] vec4 = [pixels, vectors] vec4
// Padding channels would become scale / 2, so they are written as zero; y = 0 makes their gradient zero too.
struct Dims { count: u32, channels: u32, vectors: u32, scale: f32 }
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
    let e = exp(-abs(v)); // never overflows
    let s = select(e, vec4f(1.0), v >= vec4f(0.0)) / (1.0 + e);
    let channel = vec4u(0u, 1u, 2u, 3u) + 4u * (i % dims.vectors);
    y[i] = vec4<Stored2>(select(vec4f(0.0), dims.scale * s, channel < vec4u(dims.channels)));
  }
}

@group(0) @binding(1) var<storage, read> result: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4<Stored3>>;

// dx = or += dy * y * (1 - y / scale)
@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = span(group, groups, local, dims.count);
  for (var i = own.first; i < own.end; i += STEP) {
    let v = vec4f(result[i]);
    var d = vec4f(dy[i]) * v * (1.0 - v / dims.scale);
    if (ACCUMULATE) { d += vec4f(dx[i]); }
    dx[i] = vec4<Stored3>(d);
  }
}
