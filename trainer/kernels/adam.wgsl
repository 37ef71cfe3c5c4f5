// Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019) as PyTorch computes them, over a range of the flat
// buffers. Every tensor starts at a multiple of 64 words, so one weight-decay factor per 64 words is enough.
// Padding stays 0: its gradient, moments and value are 0. Switch: DECAYS, false where no weight decays at all.
struct Dims {
  quads: u32, // vec4s of this range
  decay_offset: u32, // where its weight-decay factors start
}
struct Hyper {
  step_size: f32, // lr / (1 - beta1^t)
  correction: f32, // sqrt(1 - beta2^t)
  keep_m: f32, // beta1, and so on; computed in double precision on the host
  take_m: f32,
  keep_v: f32,
  take_v: f32,
  epsilon: f32,
  coupled: f32, // Adam: added to the gradient, times the value
  decoupled: f32, // AdamW: lr * weight decay, taken from the value
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> hyper: Hyper;
@group(0) @binding(2) var<storage, read> control: array<f32>; // factor of the gradients; 1 to step, 0 to skip
@group(0) @binding(3) var<storage, read> decay: array<f32>; // [blocks of 64 words], 0 or 1
@group(0) @binding(4) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> values: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> v: array<vec4f>;

@compute @workgroup_size(64)
fn update(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  if (control[1] == 0.0) { return; } // loss or gradient not finite
  let h = hyper;
  let factor = control[0];
  let own = span(group, groups, local, dims.quads);
  for (var i = own.first; i < own.end; i += STEP) {
    var value = values[i];
    var g = gradients[i] * factor;
    if (DECAYS) {
      let amount = decay[dims.decay_offset + i / 16u];
      g += value * (h.coupled * amount);
      value -= value * (h.decoupled * amount);
    }
    let mean = m[i] + (g - m[i]) * h.take_m;
    let square = v[i] * h.keep_v + g * g * h.take_v;
    m[i] = mean;
    v[i] = square;
    values[i] = value - h.step_size * (mean / (sqrt(square) / h.correction + h.epsilon));
  }
}
