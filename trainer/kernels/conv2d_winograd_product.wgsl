// Products of a Winograd convolution, for software adapters with subgroups: for each point p of 36, a matrix product
//   products[p, tile, o] = sum over i of source[p, tile, i] * weight[p, i, o]
// or, transposed, with the sum over o: source has the channels o and products the channels i. Lanes run over the channels of products,
// a group of 4 each, and share the tiles, as in conv2d_channels.wgsl.
//
// Before this text: conv2d_runs.wgsl, with RUNS 1 to 8.
struct Dims {
  tiles: u32,
  source_groups: u32, // of 4 channels
  groups: u32, // of products
  transposed: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4f>; // [36, tiles, source_groups]
@group(0) @binding(2) var<storage, read> weight: array<vec4f>; // [36, O / 4, I], transposed: [36, I, O / 4]
@group(0) @binding(3) var<storage, read_write> products: array<vec4f>; // [36, tiles, groups]

var<private> places: array<u32, RUNS>; // where this lane reads its tile of each run

fn find(r: u32, first: u32, point: u32) {
  if (r >= RUNS) { return; }
  let t = min(first + r * LANES, dims.tiles - 1u);
  places[min(r, RUNS - 1u)] = (point * dims.tiles + t) * dims.source_groups;
}

fn load(r: u32, c: u32) {
  if (r >= RUNS) { return; }
  values[min(r, RUNS - 1u)] = source[places[min(r, RUNS - 1u)] + c];
}

fn write(at: u32, first: u32, i: u32) {
  if (i >= KEPT || first + i >= dims.tiles) { return; }
  products[at + i * dims.groups] = sums[min(i, KEPT - 1u)];
}

fn write_run(at: u32, first: u32, r: u32) {
  if (r >= RUNS) { return; }
  let i = r * LANES;
  write(at, first, i);
  write(at, first, i + 1u);
  write(at, first, i + 2u);
  write(at, first, i + 3u);
  if (LANES > 4u) {
    write(at, first, i + 4u);
    write(at, first, i + 5u);
    write(at, first, i + 6u);
    write(at, first, i + 7u);
  }
  if (LANES > 8u) {
    write(at, first, i + 8u);
    write(at, first, i + 9u);
    write(at, first, i + 10u);
    write(at, first, i + 11u);
    write(at, first, i + 12u);
    write(at, first, i + 13u);
    write(at, first, i + 14u);
    write(at, first, i + 15u);
  }
}

@compute @workgroup_size(LANES)
fn multiply(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let transposed = dims.transposed != 0u;
  let first = workgroup.y * KEPT;
  let group = workgroup.x * LANES + local.x;
  let point = workgroup.z;
  let channels = min(group, dims.groups - 1u);
  find(0u, first + local.x, point);
  find(1u, first + local.x, point);
  find(2u, first + local.x, point);
  find(3u, first + local.x, point);
  find(4u, first + local.x, point);
  find(5u, first + local.x, point);
  find(6u, first + local.x, point);
  find(7u, first + local.x, point);
  let start = point * dims.source_groups * 4u * dims.groups;
  let place = start + channels * 4u * dims.source_groups;
  let row = select(1u, dims.source_groups, transposed);
  let next = select(4u, 1u, transposed);
  var c = 0u;
  loop {
    let at = place + c * next;
    var w = mat4x4f(weight[at], weight[at + row], weight[at + 2u * row], weight[at + 3u * row]);
    if (transposed) { w = transpose(w); }
    load(0u, c);
    load(1u, c);
    load(2u, c);
    load(3u, c);
    load(4u, c);
    load(5u, c);
    load(6u, c);
    load(7u, c);
    add_run(0u, w);
    add_run(1u, w);
    add_run(2u, w);
    add_run(3u, w);
    add_run(4u, w);
    add_run(5u, w);
    add_run(6u, w);
    add_run(7u, w);
    continuing {
      c++;
      break if c >= dims.source_groups;
    }
  }
  if (group >= dims.groups) { return; }
  let at = (point * dims.tiles + first) * dims.groups + group;
  write_run(at, first, 0u);
  write_run(at, first, 1u);
  write_run(at, first, 2u);
  write_run(at, first, 3u);
  write_run(at, first, 4u);
  write_run(at, first, 5u);
  write_run(at, first, 6u);
  write_run(at, first, 7u);
}
