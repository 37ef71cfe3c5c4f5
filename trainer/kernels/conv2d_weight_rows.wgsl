// What the lanes of conv2d_weight.wgsl and conv2d_winograd_slope.wgsl keep alike, and where it goes: a lane has VECTOR columns of
// ROWS * LANES groups of 4 rows of a product.
//
// Before this text: `alias Lane` (VECTOR floats) and the constants LANES, ROWS, VECTOR.
@group(0) @binding(3) var<storage, read_write> product: array<Lane>; // [matrices, groups * 4, stride]

var<private> sums: array<array<array<Lane, 4>, LANES>, ROWS>;

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
