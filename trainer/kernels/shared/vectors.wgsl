// Which vec4 a thread of a pointwise kernel handles, out of `count`: a workgroup of 64 threads takes 512 consecutive
// ones, and eight neighbouring threads (128 bytes) together take 64 of these, so a thread steps by STEP. Whoever runs eight
// threads as one vector (llvmpipe) then walks straight through memory, and hardware still reads whole cache lines.
const STEP = 8u;
struct Span { first: u32, end: u32 }

fn span(group: vec3u, groups: vec3u, local: u32, count: u32) -> Span {
  let start = ((group.y * groups.x + group.x) * 8u + local / STEP) * 64u;
  return Span(start + local % STEP, min(start + 64u, count));
}
