// Products of a Winograd convolution's weight gradient, for GPUs: for each point p of 36
//   slopes[part, p, i, o] = sum over the part's tiles of source[p, tile, i] * gradient[p, tile, o]
// COLUMNS x ROWS threads compute 4 ROWS channels i x 4 COLUMNS channels o, each thread 4 x 4, from DEPTH tiles a step in workgroup memory,
// as in conv2d_weight_tiles.wgsl. conv2d_sum adds the parts.
//
// Constants: COLUMNS and ROWS (8 or 16), DEPTH (tiles a step, 8 to 32).
// Beside this text: conv2d_weight_tile_products.wgsl, whose sums are slopes [parts, 36, I, O / 4].
struct Dims {
  tiles: u32,
  source_groups: u32, // of 4 channels
  groups: u32, // of the gradient
  parts: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4f>; // [36, tiles, I / 4]
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>; // [36, tiles, O / 4]

const POINTS = 36u;

@compute @workgroup_size(COLUMNS, ROWS)
fn correlate(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let part = workgroup.z / POINTS;
  let first_tile = workgroup.z % POINTS * dims.tiles; // of the point
  let first_column = workgroup.x * COLUMNS;
  let first_row = workgroup.y * ROWS;
  let thread = local.y * COLUMNS + local.x;
  let band = (dims.tiles + dims.parts - 1u) / dims.parts;
  let begin = part * band;
  let to = min(begin + band, dims.tiles);
  for (var t0 = begin; t0 < to; t0 += DEPTH) {
    for (var i = thread; i < ROWS * DEPTH; i += THREADS) {
      let t = t0 + i / ROWS;
      let row = first_row + i % ROWS;
      var value = vec4f(0);
      if (t < to && row < dims.source_groups) { value = source[(first_tile + t) * dims.source_groups + row]; }
      inputs[i / ROWS][i % ROWS] = value;
    }
    for (var i = thread; i < COLUMNS * DEPTH; i += THREADS) {
      let t = t0 + i / COLUMNS;
      let column = first_column + i % COLUMNS;
      var value = vec4f(0);
      if (t < to && column < dims.groups) { value = gradient[(first_tile + t) * dims.groups + column]; }
      slopes[i / COLUMNS][i % COLUMNS] = value;
    }
    workgroupBarrier();
    add_all(local);
    workgroupBarrier();
  }
  let row = first_row + local.y;
  let column = first_column + local.x;
  if (row >= dims.source_groups || column >= dims.groups) { return; }
  let at = (workgroup.z * dims.source_groups + row) * 4u * dims.groups + column;
  put(at, dims.groups);
}
