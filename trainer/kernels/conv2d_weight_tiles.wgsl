// conv2d's weight gradient for GPUs: COLUMNS x ROWS threads compute 4 ROWS rows (ky, kx, i) x 4 COLUMNS columns o of
// dw[ky, kx, i, o] = sum over n, oy, ox of x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * dy[n, oy, ox, o], each
// thread 4 x 4, from tiles of DEPTH pixels in workgroup memory. Pixels are split into parts; conv2d_sum adds them.
//
// Constants: COLUMNS and ROWS (8 or 16), DEPTH (pixels a step: 8 to 32, a multiple of both).
// Beside this text: conv2d_weight_tile_products.wgsl, whose sums are dw [parts, KH, KW, I, O / 4].
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

// Pixels of a step that a thread loads, of x and of dy: 1 to 4.
const INPUTS = DEPTH / COLUMNS;
const SLOPES = DEPTH / ROWS;
const_assert DEPTH == INPUTS * COLUMNS && DEPTH == SLOPES * ROWS && DEPTH <= 32;

// Places in x are (column, row, index of the first group). Integers are divided before the loop only, as a division takes as long as
// some twenty products: in the loop a place moves on by addition, with carries where a line ends and where an image does.

// Where a pixel of dy has tap (0, 0), were there no padding.
fn corner(pixel: u32) -> vec3i {
  let line = pixel / dims.width;
  let n = line / dims.height;
  let sy = (line - n * dims.height) * dims.stride;
  let sx = (pixel - line * dims.width) * dims.stride;
  return vec3i(vec3u(sx, sy, ((n * dims.source_height + sy) * dims.source_width + sx) * dims.source_groups));
}

// From a corner to what a row (ky, kx, group) of dw takes; far outside where there is no such row.
fn tap(row: u32) -> vec3i {
  let t = row / dims.source_groups;
  let ky = t / dims.kernel_width;
  if (ky >= dims.kernel_height) { return vec3i(-0x40000000, 0, 0); }
  let down = i32(ky) - i32(dims.padding_y);
  let right = i32(t - ky * dims.kernel_width) - i32(dims.padding_x);
  let group = i32(row - t * dims.source_groups);
  return vec3i(right, down, (down * i32(dims.source_width) + right) * i32(dims.source_groups) + group);
}

// For pixels `step` apart: a place, what the step adds to it, and the carries.
struct Walk { place: vec3i, step: vec3i, line: vec3i, image: vec3i }

fn walk(pixel: u32, step: u32) -> Walk {
  let size = vec2i(vec2u(dims.source_width, dims.source_height));
  let used = vec2i(vec2u(dims.width, dims.height) * dims.stride);
  let groups = i32(dims.source_groups);
  let stride = i32(dims.stride);
  let line = vec3i(-used.x, stride, (stride * size.x - used.x) * groups);
  let image = vec3i(0, -used.y, (size.y - used.y) * size.x * groups);
  return Walk(corner(pixel), corner(step), line, image);
}

fn next(w: Walk) -> vec3i {
  var place = w.place + w.step;
  place += select(vec3i(0), w.line, place.x >= -w.line.x);
  place += select(vec3i(0), w.image, place.y >= -w.image.y);
  return place;
}

var<private> input: Walk; // over the pixels of this thread's inputs

// What a thread loads of x: pixel k of a step and each COLUMNS further, for a row of the tile.
struct Input { k: u32, row: u32, tap: vec3i }

// The i-th of a thread, for a step from pixel p on in the part before `to`. Outside something else is read: after a branch, one load
// would wait for the other.
fn load_input(i: u32, t: Input, p: u32, to: u32) {
  if (i >= INPUTS) { return; }
  let k = t.k + i * COLUMNS;
  let at = input.place + t.tap;
  let inside = (p + k < to) & (u32(at.x) < dims.source_width) & (u32(at.y) < dims.source_height);
  inputs[k][t.row] = select(vec4f(0), vec4f(x[select(0, at.z, inside)]), inside);
  input.place = next(input);
}

// Likewise of dy: pixel local.y and each ROWS further, for column local.x, from index `first` on.
fn load_slope(i: u32, local: vec3u, first: u32, exists: bool, p: u32, to: u32) {
  if (i >= SLOPES) { return; }
  let k = local.y + i * ROWS;
  let inside = exists & (p + k < to);
  slopes[k][local.x] = select(vec4f(0), vec4f(dy[select(0u, first + i * ROWS * dims.groups, inside)]), inside);
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
  let t = Input(thread / ROWS, thread % ROWS, tap(first_row + thread % ROWS)); // neighbours load neighbours in memory
  input = walk(begin + t.k, COLUMNS);
  let column = first_column + local.x;
  let exists = column < dims.groups;
  let own = local.y * dims.groups + column;
  for (var p = begin; p < to; p += DEPTH) {
    load_input(0u, t, p, to);
    load_input(1u, t, p, to);
    load_input(2u, t, p, to);
    load_input(3u, t, p, to);
    let first = p * dims.groups + own;
    load_slope(0u, local, first, exists, p, to);
    load_slope(1u, local, first, exists, p, to);
    load_slope(2u, local, first, exists, p, to);
    load_slope(3u, local, first, exists, p, to);
    workgroupBarrier();
    add_all(local);
    workgroupBarrier();
  }
  let rows = dims.kernel_height * dims.kernel_width * dims.source_groups;
  let row = first_row + local.y;
  if (row >= rows || !exists) { return; }
  let at = (part * rows + row) * 4u * dims.groups + column;
  put(at, dims.groups);
}
