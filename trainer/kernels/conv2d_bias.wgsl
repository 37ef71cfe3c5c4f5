// A convolution's sums start from a bias per channel.
@group(0) @binding(4) var<storage, read> bias: array<vec4f>; // [O / 4]

fn start(group: u32) -> vec4f {
  return bias[group];
}
