// First pass of the bias gradient: every thread sums every (threads / groups)-th pixel of one channel group of dy.
// dy: [pixels, groups] vec4, partials: [threads / groups, groups] vec4; conv2d_sum adds them up.
struct Dims { pixels: u32, groups: u32, parts: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = id.x + id.y * workgroups.x * 64u;
  let threads = dims.parts * dims.groups;
  if (i >= threads) { return; }
  var sum = vec4f(0);
  for (var at = i; at < dims.pixels * dims.groups; at += threads) { sum += dy[at]; }
  partials[i] = sum;
}
