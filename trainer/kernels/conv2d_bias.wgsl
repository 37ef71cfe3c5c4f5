// What a convolution's sums start from: a bias per channel, or zero.
@group(0) @binding(4) var<storage, read> bias: array<vec4f>; // [O / 4], or anything

fn bias_at(group: u32) -> vec4f {
  let biased = dims.biased != 0u;
  return select(vec4f(0.0), bias[select(0u, group, biased)], biased);
}
