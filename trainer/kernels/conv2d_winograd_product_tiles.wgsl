// Products of a Winograd convolution, for GPUs: for each point p of 36, a matrix product
//   products[p, tile, o] = sum over i of source[p, tile, i] * weight[p, i, o]
// or, TRANSPOSED, with the sum over o: source has the channels o and products the channels i. COLUMNS x ROWS threads compute 4 ROWS tiles
// x 4 COLUMNS channels, each thread 4 x 4, from blocks of both matrices in workgroup memory, as in conv2d_tiles.wgsl.
//
// Constants: COLUMNS and ROWS (8 or 16), DEPTH (2, 4 or 8 groups of source channels a step), TRANSPOSED.
struct Dims {
  tiles: u32,
  source_groups: u32, // of 4 channels
  groups: u32, // of products
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4f>; // [36, tiles, source_groups]
@group(0) @binding(2) var<storage, read> weight: array<vec4f>; // [36, O / 4, I], TRANSPOSED: [36, I, O / 4]
@group(0) @binding(3) var<storage, read_write> products: array<vec4f>; // [36, tiles, groups]

const TILES = 4u * ROWS;
const THREADS = COLUMNS * ROWS;

// Rows are padded by one vec4 so that the threads of a column do not meet in one bank.
var<workgroup> sources: array<array<vec4f, TILES + 1>, DEPTH>;
var<workgroup> weights: array<array<vec4f, COLUMNS + 1>, DEPTH * 4>;

fn load_source(point: u32, tile: u32, k: u32) -> vec4f {
  if (tile >= dims.tiles || k >= dims.source_groups) { return vec4f(0); }
  return source[(point * dims.tiles + tile) * dims.source_groups + k];
}

// Row r of the 4 x 4 weights between source group k and a group of products: 4 of its channels for one source channel, or 4 source
// channels for one of its (TRANSPOSED).
fn load_weight(point: u32, group: u32, k: u32, r: u32) -> vec4f {
  if (group >= dims.groups || k >= dims.source_groups) { return vec4f(0); }
  let own = point * dims.groups + group;
  if (TRANSPOSED) { return weight[(own * 4u + r) * dims.source_groups + k]; }
  return weight[(own * dims.source_groups + k) * 4u + r];
}

fn write_product(point: u32, tile: u32, group: u32, sum: vec4f) {
  if (tile >= dims.tiles || group >= dims.groups) { return; }
  products[(point * dims.tiles + tile) * dims.groups + group] = sum;
}

@compute @workgroup_size(COLUMNS, ROWS)
fn multiply(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let point = workgroup.z;
  let first_group = workgroup.x * COLUMNS; // neighbours read the same tiles
  let first_tile = workgroup.y * TILES;
  let thread = local.y * COLUMNS + local.x;
  var sum0 = vec4f(0);
  var sum1 = vec4f(0);
  var sum2 = vec4f(0);
  var sum3 = vec4f(0);
  for (var k0 = 0u; k0 < dims.source_groups; k0 += DEPTH) {
    for (var i = thread; i < TILES * DEPTH; i += THREADS) { // neighbours in a line of channels are neighbours in memory
      sources[i % DEPTH][i / DEPTH] = load_source(point, first_tile + i / DEPTH, k0 + i % DEPTH);
    }
    for (var i = thread; i < COLUMNS * DEPTH * 4u; i += THREADS) {
      let column = i / (DEPTH * 4u);
      let j = i % (DEPTH * 4u);
      let k = select(j / 4u, j % DEPTH, TRANSPOSED);
      let r = select(j % 4u, j / DEPTH, TRANSPOSED);
      weights[k * 4u + r][column] = load_weight(point, first_group + column, k0 + k, r);
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let w0 = weights[k * 4u][local.x];
      let w1 = weights[k * 4u + 1u][local.x];
      let w2 = weights[k * 4u + 2u][local.x];
      let w3 = weights[k * 4u + 3u][local.x];
      let s0 = sources[k][local.y];
      let s1 = sources[k][local.y + ROWS];
      let s2 = sources[k][local.y + 2u * ROWS];
      let s3 = sources[k][local.y + 3u * ROWS];
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
  let tile = first_tile + local.y;
  let group = first_group + local.x;
  write_product(point, tile, group, sum0);
  write_product(point, tile + ROWS, group, sum1);
  write_product(point, tile + 2u * ROWS, group, sum2);
  write_product(point, tile + 3u * ROWS, group, sum3);
}
