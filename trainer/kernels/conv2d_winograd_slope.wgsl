// Products of a Winograd convolution's weight gradient, for software adapters with subgroups: for each point p of 36
//   product[p, i, o] = sum over tiles of source[p, tile, i] * gradient[p, tile, o]
// Lanes run over columns o, and a lane keeps VECTOR of them for ROWS * LANES groups of 4 channels i. For a tile each lane loads one other
// group, and all lanes hear all of them, as in conv2d_weight.wgsl. Two tiles a round: half the traffic of the sums.
//
// Before this text: conv2d_weight_rows.wgsl, whose product is [36, I, O / VECTOR] here.
struct Dims {
  tiles: u32,
  source_groups: u32, // of 4 channels
  columns: u32, // channels of the gradient, padded
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4f>; // [36, tiles, I / 4]
@group(0) @binding(2) var<storage, read> gradient: array<Lane>; // [36, tiles, O / VECTOR]

var<private> places: array<u32, ROWS>;
var<private> ones: array<vec4f, ROWS>; // of the first tile of a round
var<private> others: array<vec4f, ROWS>;

fn find(m: u32, group: u32, point: u32) {
  if (m >= ROWS) { return; }
  let i = min(group + m * LANES, dims.source_groups - 1u);
  places[min(m, ROWS - 1u)] = point * dims.tiles * dims.source_groups + i;
}

fn load(m: u32, one: u32, other: u32) {
  if (m >= ROWS) { return; }
  let at = places[min(m, ROWS - 1u)];
  ones[min(m, ROWS - 1u)] = source[at + one * dims.source_groups];
  others[min(m, ROWS - 1u)] = source[at + other * dims.source_groups];
}

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

// Loops in the innermost body are written out, see conv2d.wgsl.
@compute @workgroup_size(LANES)
fn correlate(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let point = workgroup.z; // its workgroups follow each other: what they share stays in a cache
  let column = workgroup.x * LANES + local.x;
  let first = workgroup.y * ROWS * LANES;
  let stride = dims.columns / VECTOR;
  let place = point * dims.tiles * stride + min(column, stride - 1u);
  find(0u, first + local.x, point);
  find(1u, first + local.x, point);
  find(2u, first + local.x, point);
  for (var t = 0u; t < dims.tiles; t += 2u) {
    let other = min(t + 1u, dims.tiles - 1u);
    let d = gradient[place + t * stride];
    let e = gradient[place + other * stride] * select(1.0, 0.0, other == t);
    load(0u, t, other);
    load(1u, t, other);
    load(2u, t, other);
    add_all(0u, d, e);
    add_all(1u, d, e);
    add_all(2u, d, e);
  }
  let block = Block(point, dims.source_groups, stride, first, column);
  write_all(block, 0u);
  write_all(block, 1u);
  write_all(block, 2u);
}
