// What an adapter can do at most, measured: arithmetic in registers, and traffic to memory.
struct Sizes { vectors: u32, rounds: u32, factor: f32, term: f32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> to: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<vec4f>;

// Each thread: rounds * 8 independent chains * 4 numbers * (multiply, add). Factor below 1 keeps them finite.
@compute @workgroup_size(64)
fn arithmetic(@builtin(global_invocation_id) id: vec3u) {
  let f = vec4f(sizes.factor);
  let t = vec4f(sizes.term);
  let x = f32(id.x);
  var a = vec4f(x);
  var b = vec4f(x + 1.0);
  var c = vec4f(x + 2.0);
  var d = vec4f(x + 3.0);
  var e = vec4f(x + 4.0);
  var g = vec4f(x + 5.0);
  var h = vec4f(x + 6.0);
  var i = vec4f(x + 7.0);
  for (var round = 0u; round < sizes.rounds; round += 4u) {
    a = fma(a, f, t); b = fma(b, f, t); c = fma(c, f, t); d = fma(d, f, t);
    e = fma(e, f, t); g = fma(g, f, t); h = fma(h, f, t); i = fma(i, f, t);
    a = fma(a, f, t); b = fma(b, f, t); c = fma(c, f, t); d = fma(d, f, t);
    e = fma(e, f, t); g = fma(g, f, t); h = fma(h, f, t); i = fma(i, f, t);
    a = fma(a, f, t); b = fma(b, f, t); c = fma(c, f, t); d = fma(d, f, t);
    e = fma(e, f, t); g = fma(g, f, t); h = fma(h, f, t); i = fma(i, f, t);
    a = fma(a, f, t); b = fma(b, f, t); c = fma(c, f, t); d = fma(d, f, t);
    e = fma(e, f, t); g = fma(g, f, t); h = fma(h, f, t); i = fma(i, f, t);
  }
  if (id.x < arrayLength(&to)) { to[id.x] = a + b + c + d + e + g + h + i; }
}

// Each thread copies four vec4, a workgroup apart, so that neighbours touch neighbours.
@compute @workgroup_size(64)
fn copy(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_id) id: vec3u) {
  let first = (group.x + group.y * groups.x) * 256u + id.x;
  for (var k = 0u; k < 4u; k++) {
    let at = first + k * 64u;
    if (at < sizes.vectors) { to[at] = source[at]; }
  }
}
