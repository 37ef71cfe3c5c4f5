// conv2d's weight gradient for GPUs: COLUMNS x ROWS threads compute 4 ROWS rows (ky, kx, i) x 4 COLUMNS columns o of
// dw[ky, kx, i, o] = sum over n, oy, ox of x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * dy[n, oy, ox, o], each
// thread 4 x 4, from tiles of DEPTH pixels in workgroup memory. Pixels are split into parts; conv2d_sum adds them.
//
// Constants: COLUMNS and ROWS (8 or 16), DEPTH (pixels a step, 8 to 32).
struct Dims {
  source_height: u32,
  source_width: u32,
  source_groups: u32,
  height: u32, // of dy
  width: u32,
  groups: u32, // channel groups of dy
  kernel_height: u32,
  kernel_width: u32,
  stride: u32,
  padding_y: u32,
  padding_x: u32,
  pixels: u32, // N * height * width
  parts: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>; // [N, H, W, I / 4]
@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>; // [N, H', W', O / 4]
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>; // [parts, KH, KW, I, O / 4]

const THREADS = COLUMNS * ROWS;

var<workgroup> inputs: array<array<vec4f, ROWS + 1>, DEPTH>;
var<workgroup> slopes: array<array<vec4f, COLUMNS + 1>, DEPTH>;

fn load_input(row: u32, pixel: u32) -> vec4f {
  let tap = row / dims.source_groups;
  let line = pixel / dims.width;
  let sy = i32(line % dims.height * dims.stride + tap / dims.kernel_width) - i32(dims.padding_y);
  let sx = i32(pixel % dims.width * dims.stride + tap % dims.kernel_width) - i32(dims.padding_x);
  let ok = pixel < dims.pixels && tap < dims.kernel_height * dims.kernel_width &&
    u32(sy) < dims.source_height && u32(sx) < dims.source_width;
  if (!ok) { return vec4f(0); }
  let y = line / dims.height * dims.source_height + u32(sy);
  return vec4f(x[(y * dims.source_width + u32(sx)) * dims.source_groups + row % dims.source_groups]);
}

fn load_slope(column: u32, pixel: u32) -> vec4f {
  if (pixel >= dims.pixels || column >= dims.groups) { return vec4f(0); }
  return vec4f(dy[pixel * dims.groups + column]);
}

@compute @workgroup_size(COLUMNS, ROWS)
fn backward_weight(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let part = workgroup.x;
  let first_column = workgroup.y * COLUMNS;
  let first_row = workgroup.z * ROWS;
  let thread = local.y * COLUMNS + local.x;
  let band = (dims.pixels + dims.parts - 1u) / dims.parts;
  let begin = part * band;
  let to = min(begin + band, dims.pixels);
  var sum0 = vec4f(0);
  var sum1 = vec4f(0);
  var sum2 = vec4f(0);
  var sum3 = vec4f(0);
  for (var p0 = begin; p0 < to; p0 += DEPTH) {
    for (var i = thread; i < ROWS * DEPTH; i += THREADS) {
      let p = p0 + i / ROWS;
      inputs[i / ROWS][i % ROWS] = load_input(first_row + i % ROWS, select(dims.pixels, p, p < to));
    }
    for (var i = thread; i < COLUMNS * DEPTH; i += THREADS) {
      let p = p0 + i / COLUMNS;
      slopes[i / COLUMNS][i % COLUMNS] = load_slope(first_column + i % COLUMNS, select(dims.pixels, p, p < to));
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let v = inputs[k][local.y];
      let d = slopes[k][local.x];
      sum0 += v.x * d;
      sum1 += v.y * d;
      sum2 += v.z * d;
      sum3 += v.w * d;
    }
    workgroupBarrier();
  }
  let rows = dims.kernel_height * dims.kernel_width * dims.source_groups;
  let row = first_row + local.y;
  let column = first_column + local.x;
  if (row >= rows || column >= dims.groups) { return; }
  let at = (part * rows + row) * 4u * dims.groups + column;
  dw[at] = sum0;
  dw[at + dims.groups] = sum1;
  dw[at + 2u * dims.groups] = sum2;
  dw[at + 3u * dims.groups] = sum3;
}
