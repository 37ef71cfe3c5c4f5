// elu: y = x > 0 ? x : exp(x) - 1.
// Clevert et al. 2016 (alpha = 1). The slope exp(x) is y + 1, so the backward pass needs no x.
struct Dims { count: u32 }

fn activate(v: vec4f, i: u32) -> vec4f { return select(exp(v) - 1.0, v, v > vec4f(0.0)); }

// dy * (y > 0 ? 1 : y + 1)
fn through(d: vec4f, v: vec4f) -> vec4f { return d * select(v + 1.0, vec4f(1.0), v > vec4f(0.0)); }
