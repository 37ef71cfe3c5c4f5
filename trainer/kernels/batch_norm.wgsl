// batch_norm: y = (x - mean) / sqrt(variance + EPSILON) * weight + bias [+ residual] [then relu].
// Ioffe, Szegedy 2015. x, residual, y and their gradients: [pixels, vectors] vec4; the others [vectors].
// RELU, RESIDUAL: switches; without RESIDUAL its binding is a placeholder that is not read.
const EPSILON = 1e-5;

struct Dims {
  over: Blocks, // x as a single image
  running: u32, // 1: `spread` is the running variance; 0: it is 1 / sqrt(variance + EPSILON) of the batch
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read> spread: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4<Stored6>>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4<Stored7>>;

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let centre = mean[own.column];
  let shift = bias[own.column];
  var inverse = spread[own.column];
  if (dims.running == 1u) { inverse = 1.0 / sqrt(inverse + EPSILON); }
  let scale = weight[own.column] * inverse;
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var z = (vec4f(x[i]) - centre) * scale + shift;
    if (RESIDUAL) { z += vec4f(residual[i]); }
    if (RELU) { z = select(z, vec4f(0.0), z < vec4f(0.0)); }
    y[i] = vec4<Stored7>(z);
  }
}
