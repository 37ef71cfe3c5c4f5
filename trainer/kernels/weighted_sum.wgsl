// y = weight x, or y += weight x: one term of a sum of scalars, forward and backward alike. x, y: [1]
struct Dims { weight: f32, accumulate: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn add_term() {
  let term = dims.weight * x[0];
  if (dims.accumulate == 1u) { y[0] += term; } else { y[0] = term; }
}
