// sigmoid: y = scale / (1 + exp(-x)).        x, y: [pixels, vectors] vec4
// Padding channels would become scale / 2, so they are written as zero; y = 0 makes their gradient zero too.
struct Dims { count: u32, channels: u32, vectors: u32, scale: f32 }

fn activate(v: vec4f, i: u32) -> vec4f {
  let e = exp(-abs(v)); // never overflows
  let s = select(e, vec4f(1.0), v >= vec4f(0.0)) / (1.0 + e);
  let channel = vec4u(0u, 1u, 2u, 3u) + 4u * (i % dims.vectors);
  return select(vec4f(0.0), dims.scale * s, channel < vec4u(dims.channels));
}

// dy * y * (1 - y / scale)
fn through(d: vec4f, v: vec4f) -> vec4f { return d * v * (1.0 - v / dims.scale); }
