// Products of a Winograd convolution, for GPUs: for each point p of 36, a matrix product
//   products[p, tile, o] = sum over i of source[p, tile, i] * weight[p, i, o]
// or, TRANSPOSED, with the sum over o: source has the channels o and products the channels i. COLUMNS x ROWS threads compute 4 ROWS tiles
// x 4 COLUMNS channels, each thread 4 x 4, from blocks of both matrices in workgroup memory, as in conv2d_tiles.wgsl.
//
// Constants: COLUMNS and ROWS (8 or 16), DEPTH (2, 4 or 8 groups of source channels a step), TRANSPOSED.
// Beside this text: conv2d_tile_products.wgsl, whose pixels are tiles here.
struct Dims {
  tiles: u32,
  source_groups: u32, // of 4 channels
  groups: u32, // of products
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4f>; // [36, tiles, source_groups]
@group(0) @binding(2) var<storage, read> weight: array<vec4f>; // [36, O / 4, I], TRANSPOSED: [36, I, O / 4]
@group(0) @binding(3) var<storage, read_write> products: array<vec4f>; // [36, tiles, groups]

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
  let first_tile = workgroup.y * PIXELS;
  let thread = local.y * COLUMNS + local.x;
  for (var k0 = 0u; k0 < dims.source_groups; k0 += DEPTH) {
    for (var i = thread; i < PIXELS * DEPTH; i += THREADS) { // neighbours in a line of channels are neighbours in memory
      pixels[i % DEPTH][i / DEPTH] = load_source(point, first_tile + i / DEPTH, k0 + i % DEPTH);
    }
    for (var i = thread; i < COLUMNS * DEPTH * 4u; i += THREADS) {
      let column = i / (DEPTH * 4u);
      let j = i % (DEPTH * 4u);
      let k = select(j / 4u, j % DEPTH, TRANSPOSED);
      let r = select(j % 4u, j / DEPTH, TRANSPOSED);
      weights[r * DEPTH + k][column] = load_weight(point, first_group + column, k0 + k, r);
    }
    workgroupBarrier();
    add_step(local);
    workgroupBarrier();
  }
  let tile = first_tile + local.y;
  let group = first_group + local.x;
  write_product(point, tile, group, sum0);
  write_product(point, tile + ROWS, group, sum1);
  write_product(point, tile + 2u * ROWS, group, sum2);
  write_product(point, tile + 3u * ROWS, group, sum3);
}
