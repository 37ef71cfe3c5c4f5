// What threads of conv2d_weight_tiles.wgsl and conv2d_winograd_slope_tiles.wgsl do alike: COLUMNS x ROWS of them sum the products of
// inputs and slopes over DEPTH pixels (or tiles) a step, from workgroup memory. Each keeps 4 rows x 4 columns.
//
// Constants: COLUMNS, ROWS, DEPTH (8, 16 or 32).
const THREADS = COLUMNS * ROWS;

// Rows are padded by one vec4 so that the threads of a column do not meet in one bank.
var<workgroup> inputs: array<array<vec4f, ROWS + 1>, DEPTH>;
var<workgroup> slopes: array<array<vec4f, COLUMNS + 1>, DEPTH>;

var<private> sum0: vec4f; // of this thread's rows
var<private> sum1: vec4f;
var<private> sum2: vec4f;
var<private> sum3: vec4f;

fn add_products(k: u32, local: vec3u) {
  let v = inputs[k][local.y];
  let d = slopes[k][local.x];
  sum0 += v.x * d;
  sum1 += v.y * d;
  sum2 += v.z * d;
  sum3 += v.w * d;
}

fn add_eight_products(k: u32, local: vec3u) {
  if (k >= DEPTH) { return; }
  add_products(k, local);
  add_products(k + 1u, local);
  add_products(k + 2u, local);
  add_products(k + 3u, local);
  add_products(k + 4u, local);
  add_products(k + 5u, local);
  add_products(k + 6u, local);
  add_products(k + 7u, local);
}

// All of a step. No loop: naga bounds each, and clamps every index that is no constant then.
fn add_all(local: vec3u) {
  add_eight_products(0u, local);
  add_eight_products(8u, local);
  add_eight_products(16u, local);
  add_eight_products(24u, local);
}

// The four rows of one column, `next` apart.
fn put(at: u32, next: u32) {
  sums_of_parts[at] = sum0;
  sums_of_parts[at + next] = sum1;
  sums_of_parts[at + 2u * next] = sum2;
  sums_of_parts[at + 3u * next] = sum3;
}

@group(0) @binding(3) var<storage, read_write> sums_of_parts: array<vec4f>; // [parts, rows, 4, columns]
