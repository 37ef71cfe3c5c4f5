// What threads of conv2d_tiles.wgsl and conv2d_winograd_product_tiles.wgsl do alike: COLUMNS x ROWS of them multiply blocks of a
// matrix of pixels (or tiles) and one of weights, DEPTH groups of 4 source channels at a time, from workgroup memory. Each
// keeps 4 pixels x 4 channels.
//
// Constants: COLUMNS, ROWS, DEPTH (2, 4 or 8), TRANSPOSED (a row of weights is of 4 source channels for one target channel).
const PIXELS = 4u * ROWS;
const THREADS = COLUMNS * ROWS;

// Rows are padded by one vec4 so that the threads of a column do not meet in one bank.
var<workgroup> pixels: array<array<vec4f, PIXELS + 1>, DEPTH>;
var<workgroup> weights: array<array<vec4f, COLUMNS + 1>, 4 * DEPTH>; // row r of the 4 x 4 of each source group from r * DEPTH on

var<private> sum0: vec4f; // of this thread's pixels
var<private> sum1: vec4f;
var<private> sum2: vec4f;
var<private> sum3: vec4f;

// Term by term: a multiply-add each, where a sum of products would be one more addition.
fn multiply_add(sum: vec4f, s: vec4f, w: mat4x4f) -> vec4f {
  return fma(vec4f(s.w), w[3], fma(vec4f(s.z), w[2], fma(vec4f(s.y), w[1], fma(vec4f(s.x), w[0], sum))));
}

fn add_products(k: u32, local: vec3u) {
  var w = mat4x4f(weights[k][local.x], weights[DEPTH + k][local.x], weights[2u * DEPTH + k][local.x], weights[3u * DEPTH + k][local.x]);
  if (TRANSPOSED) { w = transpose(w); } // renames registers
  sum0 = multiply_add(sum0, pixels[k][local.y], w);
  sum1 = multiply_add(sum1, pixels[k][local.y + ROWS], w);
  sum2 = multiply_add(sum2, pixels[k][local.y + 2u * ROWS], w);
  sum3 = multiply_add(sum3, pixels[k][local.y + 3u * ROWS], w);
}

// All of a step. No loop: naga bounds each, and clamps every index that is no constant then.
fn add_step(local: vec3u) {
  add_products(0u, local);
  add_products(1u, local);
  if (DEPTH > 2u) {
    add_products(2u, local);
    add_products(3u, local);
  }
  if (DEPTH > 4u) {
    add_products(4u, local);
    add_products(5u, local);
    add_products(6u, local);
    add_products(7u, local);
  }
}
