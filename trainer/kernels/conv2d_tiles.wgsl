// conv2d for GPUs: COLUMNS x ROWS threads compute 4 ROWS pixels x 4 COLUMNS channels, each thread 4 x 4, from tiles in
// workgroup memory.
// The same two passes as conv2d.wgsl (see there): forward, and backward_input in stride * stride phases.
// What is summed over is the line of (tap, group of 4 source channels); a step takes DEPTH groups of it.
//
// Constants: COLUMNS and ROWS (8 or 16), DEPTH (2, 4 or 8: 8, 16 or 32 source channels a step), TRANSPOSED (false: forward,
// true: backward_input).
//
// Beside this text: conv2d_epilogue.wgsl, and conv2d_moments.wgsl or conv2d_no_moments.wgsl.
struct Dims {
  batch: u32,
  source_height: u32,
  source_width: u32,
  source_groups: u32,
  target_height: u32,
  target_width: u32,
  target_groups: u32,
  kernel_height: u32,
  kernel_width: u32,
  stride: u32,
  padding_y: u32,
  padding_x: u32,
  activation: u32, // see conv2d_activation.wgsl
  affine: u32, // see conv2d_epilogue.wgsl
  accumulate: u32, // 1: add to the target
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4<Stored1>>; // [N, H, W, groups]
@group(0) @binding(5) var<storage, read> weight: array<vec4f>; // [KH, KW, I, O / 4]

const PIXELS = 4u * ROWS;
const THREADS = COLUMNS * ROWS;

// Rows are padded by one vec4 so that the threads of a column do not meet in one bank.
var<workgroup> pixels: array<array<vec4f, PIXELS + 1>, DEPTH>;
var<workgroup> weights: array<array<vec4f, COLUMNS + 1>, DEPTH * 4>;

// One axis of a phase: taps first, first + step, ... (count of them) read source[a * scale + origin + j * direction] for target
// pixel phase + a * (stride of the phases), a < extent.
struct Axis {
  first: u32,
  step: u32,
  count: u32,
  origin: i32,
  extent: u32,
}

fn axis(phase: u32, extent: u32, kernel: u32, padding: u32) -> Axis {
  if (!TRANSPOSED) { return Axis(0u, 1u, kernel, -i32(padding), extent); }
  let step = dims.stride;
  let first = (phase + padding) % step;
  let count = select((kernel - first + step - 1u) / step, 0u, first >= kernel);
  return Axis(first, step, count, i32((phase + padding - first) / step), (extent - min(phase, extent) + step - 1u) / step);
}

fn load_pixel(index: u32, k: u32, y: Axis, x: Axis) -> vec4f {
  let tap = k / dims.source_groups;
  let jy = tap / max(x.count, 1u);
  let jx = tap % max(x.count, 1u);
  let line = index / max(x.extent, 1u);
  let n = line / max(y.extent, 1u);
  let ay = i32(line % max(y.extent, 1u));
  let ax = i32(index % max(x.extent, 1u));
  let stride = i32(dims.stride);
  let sy = select(ay * stride + i32(jy), ay - i32(jy), TRANSPOSED) + y.origin;
  let sx = select(ax * stride + i32(jx), ax - i32(jx), TRANSPOSED) + x.origin;
  let ok = jy < y.count && n < dims.batch && u32(sy) < dims.source_height && u32(sx) < dims.source_width;
  if (!ok) { return vec4f(0); }
  let row = n * dims.source_height + u32(sy);
  return vec4f(source[(row * dims.source_width + u32(sx)) * dims.source_groups + k % dims.source_groups]);
}

// Row r of the 4 x 4 weights between source group k and the tile's channel group: 4 target channels of one source channel
// (forward), or 4 source channels of one target channel (TRANSPOSED).
fn load_weight(group: u32, k: u32, r: u32, y: Axis, x: Axis) -> vec4f {
  let j = k / dims.source_groups;
  let c = k % dims.source_groups;
  let jy = j / max(x.count, 1u);
  let jx = j % max(x.count, 1u);
  if (jy >= y.count || group >= dims.target_groups) { return vec4f(0); }
  let tap = (y.first + jy * y.step) * dims.kernel_width + x.first + jx * x.step;
  if (TRANSPOSED) { return weight[(tap * dims.target_groups * 4u + group * 4u + r) * dims.source_groups + c]; }
  return weight[(tap * dims.source_groups * 4u + c * 4u + r) * dims.target_groups + group];
}

fn convolve(local: vec3u, workgroup: vec3u, workgroups: vec3u) {
  let columns = (dims.target_groups + COLUMNS - 1u) / COLUMNS;
  let first_group = workgroup.z % columns * COLUMNS;
  let phase_y = workgroup.z / columns / dims.stride;
  let phase_x = workgroup.z / columns % dims.stride;
  let y = axis(phase_y, dims.target_height, dims.kernel_height, dims.padding_y);
  let x = axis(phase_x, dims.target_width, dims.kernel_width, dims.padding_x);
  let first_pixel = (workgroup.x + workgroup.y * workgroups.x) * PIXELS;
  let depth = y.count * x.count * dims.source_groups;
  let thread = local.y * COLUMNS + local.x;
  var sum0 = vec4f(0);
  var sum1 = vec4f(0);
  var sum2 = vec4f(0);
  var sum3 = vec4f(0);
  for (var k0 = 0u; k0 < depth; k0 += DEPTH) {
    for (var i = thread; i < PIXELS * DEPTH; i += THREADS) { // neighbours in a channel line are neighbours in memory
      pixels[i % DEPTH][i / DEPTH] = load_pixel(first_pixel + i / DEPTH, k0 + i % DEPTH, y, x);
    }
    for (var i = thread; i < COLUMNS * DEPTH * 4u; i += THREADS) {
      weights[i / COLUMNS][i % COLUMNS] = load_weight(first_group + i % COLUMNS, k0 + i / COLUMNS / 4u, i / COLUMNS % 4u, y, x);
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let w0 = weights[k * 4u][local.x];
      let w1 = weights[k * 4u + 1u][local.x];
      let w2 = weights[k * 4u + 2u][local.x];
      let w3 = weights[k * 4u + 3u][local.x];
      let s0 = pixels[k][local.y];
      let s1 = pixels[k][local.y + ROWS];
      let s2 = pixels[k][local.y + 2u * ROWS];
      let s3 = pixels[k][local.y + 3u * ROWS];
      if (TRANSPOSED) {
        sum0 += vec4f(dot(s0, w0), dot(s0, w1), dot(s0, w2), dot(s0, w3));
        sum1 += vec4f(dot(s1, w0), dot(s1, w1), dot(s1, w2), dot(s1, w3));
        sum2 += vec4f(dot(s2, w0), dot(s2, w1), dot(s2, w2), dot(s2, w3));
        sum3 += vec4f(dot(s3, w0), dot(s3, w1), dot(s3, w2), dot(s3, w3));
      } else {
        sum0 += s0.x * w0 + s0.y * w1 + s0.z * w2 + s0.w * w3;
        sum1 += s1.x * w0 + s1.y * w1 + s1.z * w2 + s1.w * w3;
        sum2 += s2.x * w0 + s2.y * w1 + s2.z * w2 + s2.w * w3;
        sum3 += s3.x * w0 + s3.y * w1 + s3.z * w2 + s3.w * w3;
      }
    }
    workgroupBarrier();
  }
  let group = first_group + local.x;
  let affine = affine_of(group);
  let y0 = write_pixel(first_pixel + local.y, group, sum0, affine, y, x, phase_y, phase_x);
  let y1 = write_pixel(first_pixel + local.y + ROWS, group, sum1, affine, y, x, phase_y, phase_x);
  let y2 = write_pixel(first_pixel + local.y + 2u * ROWS, group, sum2, affine, y, x, phase_y, phase_x);
  let y3 = write_pixel(first_pixel + local.y + 3u * ROWS, group, sum3, affine, y, x, phase_y, phase_x);
  let all = dims.batch * y.extent * x.extent;
  keep_moments(local, first_pixel / PIXELS, min(all - min(first_pixel, all), PIXELS), group, y0, y1, y2, y3);
}

// What is stored, or 0 where there is no such pixel or group.
fn write_pixel(index: u32, group: u32, sum: vec4f, affine: Affine, y: Axis, x: Axis, phase_y: u32, phase_x: u32) -> vec4f {
  if (index >= dims.batch * y.extent * x.extent || group >= dims.target_groups) { return vec4f(0); }
  let line = index / x.extent;
  let n = line / y.extent;
  let step = select(1u, dims.stride, TRANSPOSED);
  let ty = line % y.extent * step + phase_y;
  let tx = index % x.extent * step + phase_x;
  let at = ((n * dims.target_height + ty) * dims.target_width + tx) * dims.target_groups + group;
  return write_sum(at, sum, affine);
}

@compute @workgroup_size(COLUMNS, ROWS)
fn forward(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  convolve(local, workgroup, workgroups);
}

@compute @workgroup_size(COLUMNS, ROWS)
fn backward_input(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  convolve(local, workgroup, workgroups);
}
