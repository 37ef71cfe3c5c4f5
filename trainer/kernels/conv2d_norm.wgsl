// What a batch norm with running statistics does to a convolution's sums, as conv2d_epilogue.wgsl takes it:
//   (sum + bias - mean) / sqrt(variance + EPSILON) * weight + shift = (sum + offset) * scale + shift
const EPSILON = 1e-5; // as in batch_norm.wgsl

struct Dims {
  groups: u32, // of 4 channels
  biased: u32, // 0: `bias`, the convolution's, is a placeholder
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>; // [groups], as all but the last
@group(0) @binding(2) var<storage, read> shift: array<vec4f>;
@group(0) @binding(3) var<storage, read> mean: array<vec4f>;
@group(0) @binding(4) var<storage, read> variance: array<vec4f>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> folded: array<vec4f>; // [groups, (offset, scale, shift)]

@compute @workgroup_size(64)
fn fold(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= dims.groups) { return; }
  var offset = -mean[id.x];
  if (dims.biased != 0u) { offset += bias[id.x]; }
  folded[3u * id.x] = offset;
  folded[3u * id.x + 1u] = weight[id.x] * (1.0 / sqrt(variance[id.x] + EPSILON));
  folded[3u * id.x + 2u] = shift[id.x];
}
