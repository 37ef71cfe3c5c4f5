// What a convolution makes of its sums as it writes them: y = activation((sum + offset) * scale + shift + residual), or += without
// activation. In this order, as a batch norm has it: what a driver may regroup stays the same with and without a norm.
// RESIDUAL: whether there is one. No uniform, as llvmpipe takes time for a load also where it is masked out, and most have none.
// Beside this text: conv2d_activation.wgsl, and a kernel whose `dims` say `activation`, `affine` and `accumulate`.
@group(0) @binding(2) var<storage, read> affine_vectors: array<vec4f>; // [O / 4] offset; [O / 4, (offset, scale, shift)]; or anything
@group(0) @binding(3) var<storage, read_write> destination: array<vec4<Stored3>>; // [N, H, W, O / 4]
@group(0) @binding(4) var<storage, read> residual: array<vec4<Stored4>>; // the same; or anything

// dims.affine is how many vectors a group of channels has: 0, 1 (a bias), or
const NORMALISED = 3u;

struct Affine { offset: vec4f, scale: vec4f, shift: vec4f }

fn affine_of(group: u32) -> Affine {
  var affine = Affine(vec4f(0.0), vec4f(1.0), vec4f(0.0));
  let at = group * dims.affine;
  if (dims.affine != 0u) { affine.offset = affine_vectors[at]; }
  if (dims.affine == NORMALISED) {
    affine.scale = affine_vectors[at + 1u];
    affine.shift = affine_vectors[at + 2u];
  }
  return affine;
}

// Writes channel group `at` of the image; gives what is stored.
fn write_sum(at: u32, sum: vec4f, affine: Affine) -> vec4f {
  var value = (sum + affine.offset) * affine.scale + affine.shift;
  if (dims.accumulate != 0u) { value += vec4f(destination[at]); }
  if (RESIDUAL) { value += vec4f(residual[at]); }
  let stored = vec4<Stored3>(activate(value, dims.activation));
  destination[at] = stored;
  return vec4f(stored);
}
