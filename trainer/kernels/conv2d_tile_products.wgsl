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

fn add_products(k: u32, local: vec3u) {
  let w0 = weights[k][local.x];
  let w1 = weights[DEPTH + k][local.x];
  let w2 = weights[2u * DEPTH + k][local.x];
  let w3 = weights[3u * DEPTH + k][local.x];
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
