// conv2d's weight gradient for software adapters with subgroups: dw[ky, kx, i, o] = sum over n, oy, ox of
// x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * dy[n, oy, ox, o].
// A matrix product: rows are (ky, kx, i), columns o, and what is summed over are pixels. Lanes run over columns, and a lane keeps
// VECTOR columns of ROWS * LANES groups of 4 rows. For a pixel each lane loads x of one other group, and all lanes hear all of them.
// Pixels are split into bands of lines; each writes its own part, and conv2d_sum adds the parts.
//
// Before this text: `alias Lane` (VECTOR floats) and the constants LANES, ROWS, VECTOR.
struct Dims {
  source_height: u32,
  source_width: u32,
  source_groups: u32,
  height: u32, // of dy
  width: u32,
  columns: u32, // channels of dy, padded
  kernel_height: u32,
  kernel_width: u32,
  stride: u32,
  padding_y: u32,
  padding_x: u32,
  lines: u32, // N * height
  parts: u32,
  accumulate: u32, // 1: add to dw; only with one part
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [N, H, W, I / 4]
@group(0) @binding(2) var<storage, read> dy: array<Lane>; // [N, H', W', O / VECTOR]
@group(0) @binding(3) var<storage, read_write> dw: array<Lane>; // [parts, KH, KW, I, O / VECTOR]

var<private> sums: array<array<array<Lane, 4>, LANES>, ROWS>;
var<private> inputs: array<vec4f, ROWS>;

fn add(m: u32, l: u32, v: vec4f, d: Lane) {
  sums[m][l][0] += v.x * d;
  sums[m][l][1] += v.y * d;
  sums[m][l][2] += v.z * d;
  sums[m][l][3] += v.w * d;
}

fn add_all(row: u32, d: Lane) {
  if (row >= ROWS) { return; }
  let m = min(row, ROWS - 1u);
  let v = inputs[m];
  add(m, 0u, subgroupBroadcast(v, 0u), d);
  add(m, 1u, subgroupBroadcast(v, 1u), d);
  add(m, 2u, subgroupBroadcast(v, 2u), d);
  add(m, 3u, subgroupBroadcast(v, 3u), d);
  if (LANES >= 8u) {
    add(m, min(4u, LANES - 1u), subgroupBroadcast(v, 4u), d);
    add(m, min(5u, LANES - 1u), subgroupBroadcast(v, 5u), d);
    add(m, min(6u, LANES - 1u), subgroupBroadcast(v, 6u), d);
    add(m, min(7u, LANES - 1u), subgroupBroadcast(v, 7u), d);
  }
  if (LANES >= 16u) {
    add(m, min(8u, LANES - 1u), subgroupBroadcast(v, 8u), d);
    add(m, min(9u, LANES - 1u), subgroupBroadcast(v, 9u), d);
    add(m, min(10u, LANES - 1u), subgroupBroadcast(v, 10u), d);
    add(m, min(11u, LANES - 1u), subgroupBroadcast(v, 11u), d);
    add(m, min(12u, LANES - 1u), subgroupBroadcast(v, 12u), d);
    add(m, min(13u, LANES - 1u), subgroupBroadcast(v, 13u), d);
    add(m, min(14u, LANES - 1u), subgroupBroadcast(v, 14u), d);
    add(m, min(15u, LANES - 1u), subgroupBroadcast(v, 15u), d);
  }
}

fn write_rows(m: u32, l: u32, first: u32, column: u32, part: u32) {
  let groups = dims.kernel_height * dims.kernel_width * dims.source_groups;
  let group = first + m * LANES + l;
  if (l >= LANES || group >= groups || column * VECTOR >= dims.columns) { return; }
  let stride = dims.columns / VECTOR;
  let at = (part * groups + group) * 4u * stride + column;
  for (var k = 0u; k < 4u; k++) {
    var sum = sums[m][min(l, LANES - 1u)][k];
    if (dims.accumulate != 0u) { sum += dw[at + k * stride]; }
    dw[at + k * stride] = sum;
  }
}

fn write_all(row: u32, first: u32, column: u32, part: u32) {
  if (row >= ROWS) { return; }
  let m = min(row, ROWS - 1u);
  write_rows(m, 0u, first, column, part);
  write_rows(m, 1u, first, column, part);
  write_rows(m, 2u, first, column, part);
  write_rows(m, 3u, first, column, part);
  write_rows(m, 4u, first, column, part);
  write_rows(m, 5u, first, column, part);
  write_rows(m, 6u, first, column, part);
  write_rows(m, 7u, first, column, part);
  write_rows(m, 8u, first, column, part);
  write_rows(m, 9u, first, column, part);
  write_rows(m, 10u, first, column, part);
  write_rows(m, 11u, first, column, part);
  write_rows(m, 12u, first, column, part);
  write_rows(m, 13u, first, column, part);
  write_rows(m, 14u, first, column, part);
  write_rows(m, 15u, first, column, part);
}

@compute @workgroup_size(LANES)
fn backward_weight(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let part = workgroup.x;
  let column = workgroup.y * LANES + local.x;
  let column_at = min(column, dims.columns / VECTOR - 1u);
  let first = workgroup.z * ROWS * LANES;
  let last = dims.kernel_height * dims.kernel_width * dims.source_groups - 1u;
  var tops: array<i32, ROWS>;
  var lefts: array<i32, ROWS>;
  var channels: array<u32, ROWS>;
  for (var m = 0u; m < ROWS; m++) {
    let group = min(first + m * LANES + local.x, last);
    let tap = group / dims.source_groups;
    tops[m] = i32(tap / dims.kernel_width) - i32(dims.padding_y);
    lefts[m] = i32(tap % dims.kernel_width) - i32(dims.padding_x);
    channels[m] = group % dims.source_groups;
  }
  let to = (part + 1u) * dims.lines / dims.parts;
  for (var line = part * dims.lines / dims.parts; line < to; line++) {
    let n = i32(line / dims.height);
    let top = i32(line % dims.height * dims.stride);
    var rows: array<i32, ROWS>;
    var inside: array<bool, ROWS>;
    for (var m = 0u; m < ROWS; m++) {
      let y = top + tops[m];
      inside[m] = u32(y) < dims.source_height;
      rows[m] = (n * i32(dims.source_height) + y) * i32(dims.source_width) + lefts[m];
    }
    for (var ox = 0u; ox < dims.width; ox++) {
      let d = dy[(line * dims.width + ox) * (dims.columns / VECTOR) + column_at];
      let left = i32(ox * dims.stride);
      for (var m = 0u; m < ROWS; m++) {
        let ok = inside[m] && u32(left + lefts[m]) < dims.source_width;
        let at = u32(rows[m] + left) * dims.source_groups + channels[m];
        inputs[m] = select(vec4f(0), x[select(0u, at, ok)], ok);
      }
      add_all(0u, d);
      add_all(1u, d);
      add_all(2u, d);
      add_all(3u, d);
      add_all(4u, d);
      add_all(5u, d);
    }
  }
  write_all(0u, first, column, part);
  write_all(1u, first, column, part);
  write_all(2u, first, column, part);
  write_all(3u, first, column, part);
  write_all(4u, first, column, part);
  write_all(5u, first, column, part);
}
