// Which vec4 a thread of a pointwise kernel handles, out of `count`: a workgroup of 64 threads takes 256 consecutive
// ones, and each step of the thread is 64 further on, so that a step of the workgroup touches consecutive memory.
struct Span { first: u32, end: u32 }

fn span(group: vec3u, groups: vec3u, local: u32, count: u32) -> Span {
  let start = (group.y * groups.x + group.x) * 256u;
  return Span(start + local, min(start + 256u, count));
}
