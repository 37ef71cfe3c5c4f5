// Weights of a Winograd convolution: see conv2d_winograd.ts. A thread handles the 3 x 3 taps of one input channel and one group of 4
// output channels.
// Before this text: conv2d_winograd_4x4.wgsl and conv2d_winograd_points.wgsl.
struct Dims {
  inputs: u32, // channels
  groups: u32, // of 4 output channels
  pairs: u32, // inputs * groups
  flipped: u32, // 1: the taps in reverse, as the input gradient sees them
  accumulate: u32, // 1: add to the gradient
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>; // [3, 3, I, O / 4]

fn load_taps(pair: u32, x: u32) -> Inputs {
  let flipped = dims.flipped != 0u;
  let a = weight[select(x, 8u - x, flipped) * dims.pairs + pair];
  let b = weight[select(x + 3u, 5u - x, flipped) * dims.pairs + pair];
  let c = weight[select(x + 6u, 2u - x, flipped) * dims.pairs + pair];
  return spread_taps(Taps(a, b, c));
}

// points = G w G^T, [6 * 6, O / 4, I], flipped: [6 * 6, I, O / 4]. A workgroup handles 8 x 8 pairs, so that all of a cache line is used
// although the order changes.
@compute @workgroup_size(64)
fn spread_weight(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let input = workgroup.x * 8u + local % 8u;
  let group = workgroup.y * 8u + local / 8u;
  if (input >= dims.inputs || group >= dims.groups) { return; }
  let at = input * dims.groups + group;
  let to = Points(select(group * dims.inputs + input, at, dims.flipped != 0u), dims.pairs);
  let a = load_taps(at, 0u);
  let b = load_taps(at, 1u);
  let c = load_taps(at, 2u);
  write_points(to, 0u, spread_taps(Taps(a.a, b.a, c.a)));
  write_points(to, 1u, spread_taps(Taps(a.b, b.b, c.b)));
  write_points(to, 2u, spread_taps(Taps(a.c, b.c, c.c)));
  write_points(to, 3u, spread_taps(Taps(a.d, b.d, c.d)));
  write_points(to, 4u, spread_taps(Taps(a.e, b.e, c.e)));
  write_points(to, 5u, spread_taps(Taps(a.f, b.f, c.f)));
}

@group(0) @binding(2) var<storage, read_write> gradient: array<vec4f>; // [3, 3, I, O / 4]

fn write_tap(at: u32, value: vec4f) {
  var sum = value;
  if (dims.accumulate != 0u) { sum += gradient[at]; }
  gradient[at] = sum;
}

fn write_taps(pair: u32, y: u32, row: Taps) {
  let at = y * 3u * dims.pairs + pair;
  write_tap(at, row.a);
  write_tap(at + dims.pairs, row.b);
  write_tap(at + 2u * dims.pairs, row.c);
}

// gradient = or += G^T products G, of [6 * 6, I, O / 4].
@compute @workgroup_size(64)
fn gather_weight(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let pair = id.x + id.y * workgroups.x * 64u;
  if (pair >= dims.pairs) { return; }
  let own = Points(pair, dims.pairs);
  let a = gather_taps(read_points(own, 0u));
  let b = gather_taps(read_points(own, 1u));
  let c = gather_taps(read_points(own, 2u));
  let d = gather_taps(read_points(own, 3u));
  let e = gather_taps(read_points(own, 4u));
  let f = gather_taps(read_points(own, 5u));
  write_taps(pair, 0u, gather_taps(Inputs(a.a, b.a, c.a, d.a, e.a, f.a)));
  write_taps(pair, 1u, gather_taps(Inputs(a.b, b.b, c.b, d.b, e.b, f.b)));
  write_taps(pair, 2u, gather_taps(Inputs(a.c, b.c, c.c, d.c, e.c, f.c)));
}
