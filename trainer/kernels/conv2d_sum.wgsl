// Second pass of a split sum: out[i] = or += partials[0, i] + partials[1, i] + ..., in this order.
// partials: [parts, count] vec4, out: [count] vec4.
struct Dims { count: u32, parts: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = id.x + id.y * workgroups.x * 64u;
  if (i >= dims.count) { return; }
  var sum = vec4f(0);
  for (var part = 0u; part < dims.parts; part++) { sum += partials[part * dims.count + i]; }
  if (dims.accumulate != 0u) { sum += out[i]; }
  out[i] = sum;
}
