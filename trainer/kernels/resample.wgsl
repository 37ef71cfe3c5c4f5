// Resampling as a sparse gather: y[n, p, c] = sum_k weight[p, k] x[n, index[p, k], c], any map whatever (geometry's
// Taps). The way back is the gather by the transposed map in compressed rows: fixed order, no atomics.
//
// A thread makes GROUP vec4s of channels of one pixel, `lanes` apart. Images of n pixels lie [N][n]; cube batches
// [6N, F, F, C] may lie image-major, the same with n = 6 F F, or face-major: face f of image i is the f*N + i th.
// One formula covers both: pixel p of image i lies at ((p / block) * N + i) * block + p % block, block = n or F F.
// The image is the z of the dispatch: integer divisions are dear on llvmpipe.
struct Dims {
  images: u32,
  outputs: u32, // pixels of an image of y
  inputs: u32, // pixels of an image of x
  taps: u32,
  quads: u32, // vec4s of a pixel
  lanes: u32, // threads of a pixel: ceil(quads / GROUP)
  output_block: u32,
  input_block: u32,
  maps: u32, // 1: one map for all images; more: one each
  first_map: u32, // of image 0
  entries: u32, // capacity of a map's transpose
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;

fn place(image: u32, pixel: u32, block: u32) -> u32 {
  var blocks = 0u; // pixel / block, at most 5
  for (var k = 1u; k < 6u; k++) { blocks += select(0u, 1u, pixel >= k * block); }
  return pixel + block * (blocks * (dims.images - 1u) + image);
}

fn map_of(image: u32) -> u32 { return select(image + dims.first_map, 0u, dims.maps == 1u); }

@group(0) @binding(1) var<storage, read> index: array<u32>; // [maps, outputs, taps]
@group(0) @binding(2) var<storage, read> weight: array<f32>; // likewise; 0: no tap, x is not looked at
@group(0) @binding(3) var<storage, read> x: array<vec4<Stored3>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<Stored4>>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  let p = thread / dims.lanes;
  let lane = thread - p * dims.lanes;
  let image = id.z;
  if (p >= dims.outputs) { return; }
  let first = (map_of(image) * dims.outputs + p) * dims.taps;
  var sums: array<vec4f, GROUP>;
  for (var e = first; e < first + dims.taps; e++) {
    let w = weight[e];
    if (w == 0.0) { continue; }
    let source = place(image, index[e], dims.input_block) * dims.quads + lane;
    for (var i = 0u; i < GROUP; i++) {
      if (lane + i * dims.lanes < dims.quads) { sums[i] += w * vec4f(x[source + i * dims.lanes]); }
    }
  }
  let to = place(image, p, dims.output_block) * dims.quads + lane;
  for (var i = 0u; i < GROUP; i++) {
    if (lane + i * dims.lanes < dims.quads) { y[to + i * dims.lanes] = vec4<Stored4>(sums[i]); }
  }
}

// A mask: 1 where there are taps and every one of them reads a valid pixel (above 0.5), else 0. Channel 0 alone.
@compute @workgroup_size(64)
fn forward_mask(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  let image = id.z;
  if (p >= dims.outputs) { return; }
  let first = (map_of(image) * dims.outputs + p) * dims.taps;
  var read = 0u;
  var valid = 0u;
  for (var e = first; e < first + dims.taps; e++) {
    if (weight[e] == 0.0) { continue; }
    read++;
    valid += select(0u, 1u, f32(x[place(image, index[e], dims.input_block)].x) > 0.5);
  }
  let value = select(0.0, 1.0, read > 0u && valid == read);
  y[place(image, p, dims.output_block)] = vec4<Stored4>(vec4f(value, 0.0, 0.0, 0.0));
}

@group(0) @binding(1) var<storage, read> start: array<u32>; // [maps, inputs + 1]
@group(0) @binding(2) var<storage, read> back_index: array<u32>; // [maps, entries]
@group(0) @binding(3) var<storage, read> back_weight: array<f32>; // [maps, entries]
@group(0) @binding(4) var<storage, read> dy: array<vec4<Stored4>>;
@group(0) @binding(5) var<storage, read_write> dx: array<vec4<Stored5>>;

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  let q = thread / dims.lanes;
  let lane = thread - q * dims.lanes;
  let image = id.z;
  if (q >= dims.inputs) { return; }
  let map = map_of(image);
  let row = map * (dims.inputs + 1u) + q;
  let end = map * dims.entries + start[row + 1u];
  var sums: array<vec4f, GROUP>;
  for (var e = map * dims.entries + start[row]; e < end; e++) {
    let w = back_weight[e];
    let source = place(image, back_index[e], dims.output_block) * dims.quads + lane;
    for (var i = 0u; i < GROUP; i++) {
      if (lane + i * dims.lanes < dims.quads) { sums[i] += w * vec4f(dy[source + i * dims.lanes]); }
    }
  }
  let to = place(image, q, dims.input_block) * dims.quads + lane;
  for (var i = 0u; i < GROUP; i++) {
    if (lane + i * dims.lanes < dims.quads) {
      let at = to + i * dims.lanes;
      var sum = sums[i];
      if (dims.accumulate == 1u) { sum += vec4f(dx[at]); }
      dx[at] = vec4<Stored5>(sum);
    }
  }
}
