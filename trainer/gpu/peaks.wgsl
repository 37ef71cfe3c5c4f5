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

// Two ways to move much: changing it in place, and reading it. Not a copy: caches of a processor read a line before they write it, which
// no one counts. Each thread takes four vec4, a workgroup apart, so that neighbours touch neighbours. Written out: llvmpipe goes
// through a loop once more than it has rounds.
fn first_of(group: vec3u, groups: vec3u, local: u32) -> u32 {
  return (group.x + group.y * groups.x) * 256u + local;
}

fn change_one(at: u32) {
  if (at < sizes.vectors) { to[at] += vec4f(sizes.term); }
}

fn look_at(at: u32) -> vec4f {
  return source[min(at, sizes.vectors - 1u)];
}

@compute @workgroup_size(64)
fn change(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let first = first_of(group, groups, local);
  change_one(first);
  change_one(first + 64u);
  change_one(first + 128u);
  change_one(first + 192u);
}

@compute @workgroup_size(64)
fn look(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let first = first_of(group, groups, local);
  let sum = look_at(first) + look_at(first + 64u) + look_at(first + 128u) + look_at(first + 192u);
  if (all(sum == vec4f(1.0, 2.0, 3.0, 4.0))) { to[0] = sum; } // never: so that nothing is left out
}
