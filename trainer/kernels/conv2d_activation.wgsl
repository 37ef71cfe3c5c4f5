// What a convolution does with its sums as it writes them, and what that makes of the gradient: `kind` is one of these, 0 for nothing.
const RELU = 1u;
const ELU = 2u; // Clevert et al. 2016, alpha = 1

fn activate(v: vec4f, kind: u32) -> vec4f {
  if (kind == RELU) { return select(v, vec4f(0.0), v < vec4f(0.0)); } // NaN stays NaN
  if (kind == ELU) { return select(exp(v) - 1.0, v, v > vec4f(0.0)); }
  return v;
}

// d times the slope, where y came out: the sum itself is not needed.
fn through(d: vec4f, y: vec4f, kind: u32) -> vec4f {
  if (kind == RELU) { return select(d, vec4f(0.0), y <= vec4f(0.0)); }
  if (kind == ELU) { return d * select(y + 1.0, vec4f(1.0), y > vec4f(0.0)); }
  return d;
}
