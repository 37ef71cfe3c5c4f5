// face_label: what a perspective network is trained on, from a rendering. Per pixel: disparity 1 / zDepth with
// zDepth = distance * cosine; sky is infinitely far, disparity 0, and counts; beyond the range or under a watermark nothing does.
// distance, labels, truth, mask: [items * pixels]   cosine: [pixels]
struct Dims { count: u32, pixels: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> distance_in: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> cosine: array<f32>;
@group(0) @binding(4) var<storage, read_write> truth: array<f32>;
@group(0) @binding(5) var<storage, read_write> mask: array<f32>;

const BEYOND = 1u;
const WATERMARK = 2u;
const SKY = 4u;

@compute @workgroup_size(64)
fn label(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= dims.count) { return; }
  let bits = labels[i];
  let sky = (bits & SKY) != 0u;
  let seen = (bits & BEYOND) == 0u && distance_in[i] > 0.0;
  truth[i] = select(0.0, 1.0 / (distance_in[i] * cosine[i % dims.pixels]), seen);
  mask[i] = select(0.0, 1.0, (seen || sky) && (bits & WATERMARK) == 0u);
}
