// Images of a Winograd convolution, cut into tiles of 4 x 4 outputs: see conv2d_winograd.ts. A thread handles one tile of one group of
// 4 channels; neighbours are neighbouring groups.
// Beside this text: conv2d_epilogue.wgsl, conv2d_winograd_4x4.wgsl and conv2d_winograd_points.wgsl, whose bindings are [6 * 6, tiles, groups] here.
struct Dims {
  height: u32, // of the image
  width: u32,
  groups: u32, // of 4 channels
  tiles_y: u32, // of one image
  tiles_x: u32,
  padding_y: u32,
  padding_x: u32,
  threads: u32, // tiles of all images * groups
  activation: u32, // of what is gathered, see conv2d_activation.wgsl
  affine: u32, // see conv2d_epilogue.wgsl
  accumulate: u32, // 1: add to what is there
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> image: array<vec4<Stored1>>; // [N, H, W, groups]

// The tile of a thread: where its image starts, and its first row and column there.
struct Tile { index: u32, group: u32, start: u32, y: i32, x: i32 }

fn tile(id: vec3u, workgroups: vec3u) -> Tile {
  let index = id.x + id.y * workgroups.x * 64u;
  let t = index / dims.groups;
  let group = index - t * dims.groups;
  let line = t / dims.tiles_x;
  let n = line / dims.tiles_y;
  let start = n * dims.height * dims.width * dims.groups + group;
  return Tile(index, group, start, i32((line - n * dims.tiles_y) * 4u), i32((t - line * dims.tiles_x) * 4u));
}

fn load(t: Tile, y: u32, x: u32) -> vec4f {
  let row = t.y + i32(y);
  let column = t.x + i32(x);
  let inside = u32(row) < dims.height && u32(column) < dims.width;
  let at = t.start + u32(row * i32(dims.width) + column) * dims.groups;
  return select(vec4f(0.0), vec4f(image[select(0u, at, inside)]), inside);
}

fn load_inputs(t: Tile, x: u32) -> Inputs {
  return spread_inputs(Inputs(load(t, 0u, x), load(t, 1u, x), load(t, 2u, x), load(t, 3u, x), load(t, 4u, x), load(t, 5u, x)));
}

fn load_outputs(t: Tile, x: u32) -> Inputs {
  return spread_outputs(Outputs(load(t, 0u, x), load(t, 1u, x), load(t, 2u, x), load(t, 3u, x)));
}

// points = B^T x B, of the 6 x 6 pixels that a tile of outputs looks at.
@compute @workgroup_size(64)
fn spread_source(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  var t = tile(id, workgroups);
  if (t.index >= dims.threads) { return; }
  t.y -= i32(dims.padding_y);
  t.x -= i32(dims.padding_x);
  let to = Points(t.index, dims.threads);
  let a = load_inputs(t, 0u);
  let b = load_inputs(t, 1u);
  let c = load_inputs(t, 2u);
  let d = load_inputs(t, 3u);
  let e = load_inputs(t, 4u);
  let f = load_inputs(t, 5u);
  write_points(to, 0u, spread_inputs(Inputs(a.a, b.a, c.a, d.a, e.a, f.a)));
  write_points(to, 1u, spread_inputs(Inputs(a.b, b.b, c.b, d.b, e.b, f.b)));
  write_points(to, 2u, spread_inputs(Inputs(a.c, b.c, c.c, d.c, e.c, f.c)));
  write_points(to, 3u, spread_inputs(Inputs(a.d, b.d, c.d, d.d, e.d, f.d)));
  write_points(to, 4u, spread_inputs(Inputs(a.e, b.e, c.e, d.e, e.e, f.e)));
  write_points(to, 5u, spread_inputs(Inputs(a.f, b.f, c.f, d.f, e.f, f.f)));
}

// points = A y A^T, of the 4 x 4 pixels of a tile of a gradient.
@compute @workgroup_size(64)
fn spread_slope(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let t = tile(id, workgroups);
  if (t.index >= dims.threads) { return; }
  let to = Points(t.index, dims.threads);
  let a = load_outputs(t, 0u);
  let b = load_outputs(t, 1u);
  let c = load_outputs(t, 2u);
  let d = load_outputs(t, 3u);
  write_points(to, 0u, spread_outputs(Outputs(a.a, b.a, c.a, d.a)));
  write_points(to, 1u, spread_outputs(Outputs(a.b, b.b, c.b, d.b)));
  write_points(to, 2u, spread_outputs(Outputs(a.c, b.c, c.c, d.c)));
  write_points(to, 3u, spread_outputs(Outputs(a.d, b.d, c.d, d.d)));
  write_points(to, 4u, spread_outputs(Outputs(a.e, b.e, c.e, d.e)));
  write_points(to, 5u, spread_outputs(Outputs(a.f, b.f, c.f, d.f)));
}

fn write_pixel(t: Tile, y: u32, x: u32, sum: vec4f, affine: Affine) {
  let row = u32(t.y) + y;
  let column = u32(t.x) + x;
  if (row < dims.height && column < dims.width) {
    write_sum(t.start + (row * dims.width + column) * dims.groups, sum, affine);
  }
}

fn write_outputs(t: Tile, y: u32, affine: Affine, row: Outputs) {
  write_pixel(t, y, 0u, row.a, affine);
  write_pixel(t, y, 1u, row.b, affine);
  write_pixel(t, y, 2u, row.c, affine);
  write_pixel(t, y, 3u, row.d, affine);
}

// image = what is made of A^T products A.
@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let t = tile(id, workgroups);
  if (t.index >= dims.threads) { return; }
  let affine = affine_of(t.group);
  let own = Points(t.index, dims.threads);
  let a = gather_outputs(read_points(own, 0u));
  let b = gather_outputs(read_points(own, 1u));
  let c = gather_outputs(read_points(own, 2u));
  let d = gather_outputs(read_points(own, 3u));
  let e = gather_outputs(read_points(own, 4u));
  let f = gather_outputs(read_points(own, 5u));
  write_outputs(t, 0u, affine, gather_outputs(Inputs(a.a, b.a, c.a, d.a, e.a, f.a)));
  write_outputs(t, 1u, affine, gather_outputs(Inputs(a.b, b.b, c.b, d.b, e.b, f.b)));
  write_outputs(t, 2u, affine, gather_outputs(Inputs(a.c, b.c, c.c, d.c, e.c, f.c)));
  write_outputs(t, 3u, affine, gather_outputs(Inputs(a.d, b.d, c.d, d.d, e.d, f.d)));
}
