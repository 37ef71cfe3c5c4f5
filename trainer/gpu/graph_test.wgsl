// y = a * x, dx (+)= a * dy, da partial sums are left to the test.   x, y, dy, dx: [n]
struct Uniforms { n: u32, a: f32, accumulate: u32 }
@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn scale(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= u.n) { return; }
  var before = 0.0;
  if (u.accumulate != 0u) { before = y[i]; }
  y[i] = before + u.a * x[i];
}
