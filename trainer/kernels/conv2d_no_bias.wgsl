// A convolution's sums start from zero.
fn start(group: u32) -> vec4f {
  return vec4f(0);
}
