// Sum over a workgroup of 64 invocations, always in the same order. Every invocation calls it once, in uniform
// control flow; the sum is returned to lane 0, the others get a part of it. 2 barriers: they are dear on llvmpipe.
var<workgroup> workgroup_terms: array<vec4f, 64>;

fn workgroup_sum(lane: u32, term: vec4f) -> vec4f {
  workgroup_terms[lane] = term;
  workgroupBarrier();
  var sum = vec4f();
  if (lane < 8u) {
    for (var i = lane; i < 64u; i += 8u) { sum += workgroup_terms[i]; }
    workgroup_terms[lane] = sum;
  }
  workgroupBarrier();
  if (lane == 0u) {
    for (var i = 1u; i < 8u; i++) { sum += workgroup_terms[i]; }
  }
  return sum;
}
