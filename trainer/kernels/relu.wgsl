// relu: y = max(x, 0); NaN stays NaN.
struct Dims { count: u32 }

fn activate(v: vec4f, i: u32) -> vec4f { return select(v, vec4f(0.0), v < vec4f(0.0)); }

// dy where y > 0
fn through(d: vec4f, v: vec4f) -> vec4f { return select(d, vec4f(0.0), v <= vec4f(0.0)); }
