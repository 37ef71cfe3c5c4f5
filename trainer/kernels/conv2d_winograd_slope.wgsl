// Products of a Winograd convolution's weight gradient, for software adapters with subgroups: for each point p of 36
//   product[p, i, o] = sum over tiles of source[p, tile, i] * gradient[p, tile, o]
// Lanes run over columns o, and a lane keeps VECTOR of them for ROWS * LANES groups of 4 channels i. For a tile each lane loads one other
// group, and all lanes hear all of them, as in conv2d_weight.wgsl.
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
  var t = 0u;
  loop {
    let other = min(t + 1u, dims.tiles - 1u);
    let d = gradient[place + t * stride];
    let e = gradient[place + other * stride] * select(1.0, 0.0, other == t);
    load(0u, t, other);
    load(1u, t, other);
    load(2u, t, other);
    add_all(0u, d, e);
    add_all(1u, d, e);
    add_all(2u, d, e);
    continuing {
      t += 2u;
      break if t >= dims.tiles;
    }
  }
  let block = Block(point, dims.source_groups, stride, first, column);
  write_all(block, 0u);
  write_all(block, 1u);
  write_all(block, 2u);
}
