// conv2d's weight gradient for software adapters, for few channels or without subgroups: dw[ky, kx, i, o] = sum over n, oy, ox of
// x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * dy[n, oy, ox, o].
// Lanes run over runs of RUN pixels side by side; a lane keeps the weights of TAPS taps of a kernel row for 4 * INPUTS x
// 4 * OUTPUTS channels. Every lane of every workgroup writes a part of its own, and conv2d_sum adds the parts.
//
// Constants: LANES, RUN, TAPS, STEP (the stride), INPUTS, OUTPUTS.
struct Dims {
  source_height: u32,
  source_width: u32,
  source_groups: u32,
  height: u32, // of dy
  width: u32,
  groups: u32, // channel groups of dy
  kernel_height: u32,
  kernel_width: u32,
  padding_y: u32,
  padding_x: u32,
  lines: u32, // N * height
  parts: u32, // workgroups along x
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [N, H, W, I / 4]
@group(0) @binding(2) var<storage, read> dy: array<vec4f>; // [N, H', W', O / 4]
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>; // [parts * LANES, KH, KW, I, O / 4]

const WINDOW = (RUN - 1) * STEP + TAPS;

var<private> sums: array<array<array<array<vec4f, 4>, OUTPUTS>, INPUTS>, TAPS>;
var<private> slopes: array<array<vec4f, RUN>, OUTPUTS>;
var<private> window: array<array<vec4f, WINDOW>, INPUTS>;

fn add(t: u32, i: u32, o: u32) {
  for (var q = 0u; q < RUN; q++) {
    let v = window[i][q * STEP + t];
    let d = slopes[o][q];
    sums[t][i][o][0] += v.x * d;
    sums[t][i][o][1] += v.y * d;
    sums[t][i][o][2] += v.z * d;
    sums[t][i][o][3] += v.w * d;
  }
}

fn add_tap(t: u32) {
  if (t >= TAPS) { return; }
  for (var i = 0u; i < INPUTS; i++) {
    for (var o = 0u; o < OUTPUTS; o++) { add(min(t, TAPS - 1u), i, o); }
  }
}

fn write_tap(t: u32, part: u32, ky: u32, kx: u32, first: u32, column: u32) {
  if (t >= TAPS || kx + t >= dims.kernel_width) { return; }
  let tap = (part * dims.kernel_height + ky) * dims.kernel_width + kx + t;
  for (var i = 0u; i < INPUTS; i++) {
    for (var o = 0u; o < OUTPUTS; o++) {
      if (first + i < dims.source_groups && column + o < dims.groups) {
        let at = (tap * dims.source_groups + first + i) * 4u * dims.groups + column + o;
        for (var k = 0u; k < 4u; k++) { dw[at + k * dims.groups] = sums[min(t, TAPS - 1u)][i][o][k]; }
      }
    }
  }
}

@compute @workgroup_size(LANES)
fn backward_weight(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let column = workgroup.y * OUTPUTS;
  let tiles = (dims.source_groups + INPUTS - 1u) / INPUTS;
  let first = workgroup.z % tiles * INPUTS;
  let tap_tiles = (dims.kernel_width + TAPS - 1u) / TAPS;
  let ky = workgroup.z / tiles / tap_tiles;
  let kx = workgroup.z / tiles % tap_tiles * TAPS;
  let runs_x = (dims.width + RUN - 1u) / RUN;
  let runs = dims.lines * runs_x;
  let parts = dims.parts * LANES;
  let part = workgroup.x * LANES + local.x;
  for (var start = workgroup.x * LANES; start < runs; start += parts) {
    let run = start + local.x;
    let line = run / runs_x;
    let left = run % runs_x * RUN;
    let y = i32(line % dims.height * STEP + ky) - i32(dims.padding_y);
    let row = (i32(line / dims.height * dims.source_height) + y) * i32(dims.source_width);
    let live = run < runs;
    for (var q = 0u; q < RUN; q++) {
      let ok = live && left + q < dims.width;
      let at = select(0u, (line * dims.width + left + q) * dims.groups, ok);
      for (var o = 0u; o < OUTPUTS; o++) {
        let column_at = min(column + o, dims.groups - 1u);
        slopes[o][q] = select(vec4f(0), dy[at + column_at], ok);
      }
    }
    for (var w = 0u; w < WINDOW; w++) {
      let sx = i32(left * STEP + kx + w) - i32(dims.padding_x);
      let ok = live && u32(y) < dims.source_height && u32(sx) < dims.source_width;
      let at = select(0u, u32(row + sx) * dims.source_groups, ok);
      for (var i = 0u; i < INPUTS; i++) {
        let group = min(first + i, dims.source_groups - 1u);
        window[i][w] = select(vec4f(0), x[at + group], ok);
      }
    }
    add_tap(0u);
    add_tap(1u);
    add_tap(2u);
    add_tap(3u);
    add_tap(4u);
    add_tap(5u);
    add_tap(6u);
  }
  write_tap(0u, part, ky, kx, first, column);
  write_tap(1u, part, ky, kx, first, column);
  write_tap(2u, part, ky, kx, first, column);
  write_tap(3u, part, ky, kx, first, column);
  write_tap(4u, part, ky, kx, first, column);
  write_tap(5u, part, ky, kx, first, column);
  write_tap(6u, part, ky, kx, first, column);
}
