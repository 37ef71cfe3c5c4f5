// planes: between channels-last activations and the channels-first planes of ONNX models.
// x: [images * pixels] pixels of `vectors` vec4 (padding 0), planes: [images, channels, pixels]
struct Dims { images: u32, pixels: u32, channels: u32, vectors: u32, first: u32 } // first: of the images that are joined
@group(0) @binding(0) var<uniform> dims: Dims;

@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> planes_out: array<f32>;

@compute @workgroup_size(64)
fn split(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = id.y * groups.x * 64u + id.x;
  if (pixel >= dims.images * dims.pixels) { return; }
  let to = pixel / dims.pixels * dims.channels * dims.pixels + pixel % dims.pixels;
  for (var c = 0u; c < dims.channels; c++) {
    planes_out[to + c * dims.pixels] = x[pixel * dims.vectors + c / 4u][c % 4u];
  }
}

@group(0) @binding(1) var<storage, read> planes: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn join(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = id.y * groups.x * 64u + id.x;
  if (pixel >= dims.images * dims.pixels) { return; }
  let base = (dims.first + pixel / dims.pixels) * dims.channels * dims.pixels + pixel % dims.pixels;
  for (var q = 0u; q < dims.vectors; q++) {
    var v = vec4f(0.0);
    for (var c = 0u; c < min(4u, dims.channels - 4u * q); c++) {
      v[c] = planes[base + (4u * q + c) * dims.pixels];
    }
    y[pixel * dims.vectors + q] = v;
  }
}
