// What the lanes of conv2d_weight.wgsl and conv2d_winograd_slope.wgsl keep alike, and where it goes: a lane has VECTOR columns of
// ROWS * LANES groups of 4 rows of a product. What is summed over (pixels, tiles) comes two a round: half the traffic of the sums.
//
// Before this text: `alias Lane` (VECTOR floats) and the constants LANES, ROWS (1 to 3), VECTOR.
const_assert ROWS <= 3; // as many are loaded, summed and written

@group(0) @binding(3) var<storage, read_write> product: array<Lane>; // [matrices, groups * 4, stride]

var<private> sums: array<array<array<Lane, 4>, LANES>, ROWS>;
var<private> ones: array<vec4f, ROWS>; // what this lane loaded of the first pixel of a round: 4 rows of LANES * 4
var<private> others: array<vec4f, ROWS>; // and of the second

fn add(m: u32, lane: u32, u: vec4f, v: vec4f, d: Lane, e: Lane) {
  let l = min(lane, LANES - 1u);
  sums[m][l][0] += u.x * d + v.x * e;
  sums[m][l][1] += u.y * d + v.y * e;
  sums[m][l][2] += u.z * d + v.z * e;
  sums[m][l][3] += u.w * d + v.w * e;
}

fn add_all(row: u32, d: Lane, e: Lane) {
  if (row >= ROWS) { return; }
  let m = min(row, ROWS - 1u);
  let u = ones[m];
  let v = others[m];
  add(m, 0u, subgroupBroadcast(u, 0u), subgroupBroadcast(v, 0u), d, e);
  add(m, 1u, subgroupBroadcast(u, 1u), subgroupBroadcast(v, 1u), d, e);
  add(m, 2u, subgroupBroadcast(u, 2u), subgroupBroadcast(v, 2u), d, e);
  add(m, 3u, subgroupBroadcast(u, 3u), subgroupBroadcast(v, 3u), d, e);
  if (LANES >= 8u) {
    add(m, 4u, subgroupBroadcast(u, 4u), subgroupBroadcast(v, 4u), d, e);
    add(m, 5u, subgroupBroadcast(u, 5u), subgroupBroadcast(v, 5u), d, e);
    add(m, 6u, subgroupBroadcast(u, 6u), subgroupBroadcast(v, 6u), d, e);
    add(m, 7u, subgroupBroadcast(u, 7u), subgroupBroadcast(v, 7u), d, e);
  }
  if (LANES >= 16u) {
    add(m, 8u, subgroupBroadcast(u, 8u), subgroupBroadcast(v, 8u), d, e);
    add(m, 9u, subgroupBroadcast(u, 9u), subgroupBroadcast(v, 9u), d, e);
    add(m, 10u, subgroupBroadcast(u, 10u), subgroupBroadcast(v, 10u), d, e);
    add(m, 11u, subgroupBroadcast(u, 11u), subgroupBroadcast(v, 11u), d, e);
    add(m, 12u, subgroupBroadcast(u, 12u), subgroupBroadcast(v, 12u), d, e);
    add(m, 13u, subgroupBroadcast(u, 13u), subgroupBroadcast(v, 13u), d, e);
    add(m, 14u, subgroupBroadcast(u, 14u), subgroupBroadcast(v, 14u), d, e);
    add(m, 15u, subgroupBroadcast(u, 15u), subgroupBroadcast(v, 15u), d, e);
  }
}

// The workgroup's first group of rows, and the lane's columns.
struct Block { matrix: u32, groups: u32, stride: u32, first: u32, column: u32 }

fn write_rows(b: Block, m: u32, l: u32) {
  let group = b.first + m * LANES + l;
  if (l >= LANES || group >= b.groups || b.column >= b.stride) { return; }
  let at = (b.matrix * b.groups + group) * 4u * b.stride + b.column;
  product[at] = sums[m][min(l, LANES - 1u)][0];
  product[at + b.stride] = sums[m][min(l, LANES - 1u)][1];
  product[at + 2u * b.stride] = sums[m][min(l, LANES - 1u)][2];
  product[at + 3u * b.stride] = sums[m][min(l, LANES - 1u)][3];
}

fn write_all(b: Block, row: u32) {
  if (row >= ROWS) { return; }
  let m = min(row, ROWS - 1u);
  write_rows(b, m, 0u);
  write_rows(b, m, 1u);
  write_rows(b, m, 2u);
  write_rows(b, m, 3u);
  write_rows(b, m, 4u);
  write_rows(b, m, 5u);
  write_rows(b, m, 6u);
  write_rows(b, m, 7u);
  write_rows(b, m, 8u);
  write_rows(b, m, 9u);
  write_rows(b, m, 10u);
  write_rows(b, m, 11u);
  write_rows(b, m, 12u);
  write_rows(b, m, 13u);
  write_rows(b, m, 14u);
  write_rows(b, m, 15u);
}
