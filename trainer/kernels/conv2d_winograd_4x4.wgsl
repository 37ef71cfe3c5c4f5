// The one-dimensional transforms of Winograd's F(4, 3): 4 outputs of a kernel of 3 from 6 inputs with 6 products. In two dimensions
// each is done along columns, then along rows. The products are values of polynomials at 0, s, -s, q, -q and infinity. With
// s = 1 / sqrt(2) and q = sqrt(2) the errors are a third of those at the usual 1, -1, 2, -2, and 1 to 2 times a plain sum's.
const S = 0.70710678;
const Q = 1.41421356;

struct Inputs { a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f, f: vec4f }
struct Outputs { a: vec4f, b: vec4f, c: vec4f, d: vec4f }
struct Taps { a: vec4f, b: vec4f, c: vec4f }

// B^T: inputs to points.
fn spread_inputs(x: Inputs) -> Inputs {
  let even = x.e - 2.0 * x.c;
  let odd = S * x.d - Q * x.b;
  let far_even = x.e - 0.5 * x.c;
  let far_odd = Q * x.d - S * x.b;
  let zero = x.a - 2.5 * x.c + x.e;
  return Inputs(zero, even + odd, even - odd, far_even + far_odd, far_even - far_odd, x.b - 2.5 * x.d + x.f);
}

// G: taps to points.
fn spread_taps(w: Taps) -> Inputs {
  let even = (w.a + 0.5 * w.c) * (-2.0 / 3.0);
  let odd = w.b * (S * -2.0 / 3.0);
  let far_even = (w.a + 2.0 * w.c) * (1.0 / 6.0);
  let far_odd = w.b * (Q / 6.0);
  return Inputs(w.a, even + odd, even - odd, far_even + far_odd, far_even - far_odd, w.c);
}

// A^T: points to outputs.
fn gather_outputs(x: Inputs) -> Outputs {
  let even = x.b + x.c;
  let odd = S * (x.b - x.c);
  let far_even = x.d + x.e;
  let far_odd = Q * (x.d - x.e);
  return Outputs(x.a + even + far_even, odd + far_odd, 0.5 * even + 2.0 * far_even, 0.5 * odd + 2.0 * far_odd + x.f);
}

// A: the transpose of gather_outputs.
fn spread_outputs(y: Outputs) -> Inputs {
  let even = y.a + 0.5 * y.c;
  let odd = S * (y.b + 0.5 * y.d);
  let far_even = y.a + 2.0 * y.c;
  let far_odd = Q * (y.b + 2.0 * y.d);
  return Inputs(y.a, even + odd, even - odd, far_even + far_odd, far_even - far_odd, y.d);
}

// G^T: the transpose of spread_taps.
fn gather_taps(x: Inputs) -> Taps {
  let even = (x.b + x.c) * (-2.0 / 3.0);
  let odd = (x.b - x.c) * (S * -2.0 / 3.0);
  let far_even = (x.d + x.e) * (1.0 / 6.0);
  let far_odd = (x.d - x.e) * (Q / 6.0);
  return Taps(x.a + even + far_even, odd + far_odd, 0.5 * even + 2.0 * far_even + x.f);
}
