// conv2d's weight gradient for software adapters, for few channels or without subgroups: dw[ky, kx, i, o] = sum over n, oy, ox of
// x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * dy[n, oy, ox, o].
// Lanes run over runs of RUN pixels side by side; a lane keeps the weights of TAPS taps of a kernel row for 4 * INPUTS x
// 4 * OUTPUTS channels. Every lane of every workgroup writes a part of its own, and conv2d_sum adds the parts.
//
// Constants: LANES, RUN, TAPS, STEP (the stride), INPUTS, OUTPUTS; at most 56 products TAPS * INPUTS * OUTPUTS * RUN.
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
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>; // [N, H, W, I / 4]
@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>; // [N, H', W', O / 4]
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>; // [parts * LANES, KH, KW, I, O / 4]

const WINDOW = (RUN - 1) * STEP + TAPS;

const PAIRS = INPUTS * OUTPUTS;

var<private> sums: array<array<vec4f, 4>, TAPS * PAIRS>;
var<private> slopes: array<vec4f, OUTPUTS * RUN>;
var<private> window: array<vec4f, INPUTS * WINDOW>;

// Loops in the innermost body are written out, see conv2d.wgsl.

// What a lane reads in a round: its run's first pixel of dy, and the source pixel of its first tap.
struct Run {
  live: bool,
  pixel: u32,
  room: u32, // pixels to the end of the line
  row: i32, // index of the source line's first pixel
  left: i32, // far outside when the line is
}

fn find_run(run: u32, runs: u32, runs_x: u32, ky: u32, kx: u32) -> Run {
  let line = run / runs_x;
  let at = (run - line * runs_x) * RUN;
  let n = line / dims.height;
  let y = i32((line - n * dims.height) * STEP + ky) - i32(dims.padding_y);
  let inside = run < runs && u32(y) < dims.source_height;
  return Run(
    run < runs,
    line * dims.width + at,
    dims.width - at,
    (i32(n * dims.source_height) + y) * i32(dims.source_width),
    select(-0x10000000, i32(at * STEP + kx) - i32(dims.padding_x), inside),
  );
}

fn load_slope(k: u32, run: Run, column: u32) {
  if (k < OUTPUTS * RUN) {
    let q = k % RUN;
    let ok = run.live && q < run.room;
    let at = (run.pixel + q) * dims.groups + min(column + k / RUN, dims.groups - 1u);
    slopes[k] = select(vec4f(0), vec4f(dy[select(0u, at, ok)]), ok);
  }
}

fn load_input(k: u32, run: Run, first: u32) {
  if (k < INPUTS * WINDOW) {
    let left = run.left + i32(k % WINDOW);
    let ok = u32(left) < dims.source_width;
    let at = u32(run.row + left) * dims.source_groups + min(first + k / WINDOW, dims.source_groups - 1u);
    window[k] = select(vec4f(0), vec4f(x[select(0u, at, ok)]), ok);
  }
}

// Product k of TAPS * PAIRS * RUN: pixels run fastest, then pairs of channel groups, then taps.
fn add(k: u32) {
  if (k < TAPS * PAIRS * RUN) {
    let q = k % RUN;
    let pair = k / RUN % PAIRS;
    let t = k / (RUN * PAIRS);
    let v = window[pair / OUTPUTS * WINDOW + q * STEP + t];
    let d = slopes[pair % OUTPUTS * RUN + q];
    sums[t * PAIRS + pair][0] += v.x * d;
    sums[t * PAIRS + pair][1] += v.y * d;
    sums[t * PAIRS + pair][2] += v.z * d;
    sums[t * PAIRS + pair][3] += v.w * d;
  }
}

fn add_eight(k: u32) {
  add(k * 8u + 0u);
  add(k * 8u + 1u);
  add(k * 8u + 2u);
  add(k * 8u + 3u);
  add(k * 8u + 4u);
  add(k * 8u + 5u);
  add(k * 8u + 6u);
  add(k * 8u + 7u);
}

fn write_pair(pair: u32, t: u32, at_tap: u32, first: u32, column: u32) {
  if (pair < PAIRS) {
    let i = first + pair / OUTPUTS;
    let o = column + pair % OUTPUTS;
    if (i < dims.source_groups && o < dims.groups) {
      let at = (at_tap * dims.source_groups + i) * 4u * dims.groups + o;
      let sum = sums[t * PAIRS + pair];
      dw[at] = sum[0];
      dw[at + dims.groups] = sum[1];
      dw[at + 2u * dims.groups] = sum[2];
      dw[at + 3u * dims.groups] = sum[3];
    }
  }
}

fn write_tap(t: u32, part: u32, ky: u32, kx: u32, first: u32, column: u32) {
  if (t < TAPS && kx + t < dims.kernel_width) {
    let tap = (part * dims.kernel_height + ky) * dims.kernel_width + kx + t;
    write_pair(0u, t, tap, first, column);
    write_pair(1u, t, tap, first, column);
    write_pair(2u, t, tap, first, column);
    write_pair(3u, t, tap, first, column);
    write_pair(4u, t, tap, first, column);
    write_pair(5u, t, tap, first, column);
    write_pair(6u, t, tap, first, column);
    write_pair(7u, t, tap, first, column);
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
  let part = workgroup.x * LANES + local.x;
  var start = workgroup.x * LANES;
  if (start < runs) {
    loop {
      let run = find_run(start + local.x, runs, runs_x, ky, kx);
      load_slope(0u, run, column);
      load_slope(1u, run, column);
      load_slope(2u, run, column);
      load_slope(3u, run, column);
      load_slope(4u, run, column);
      load_slope(5u, run, column);
      load_slope(6u, run, column);
      load_slope(7u, run, column);
      load_slope(8u, run, column);
      load_slope(9u, run, column);
      load_slope(10u, run, column);
      load_slope(11u, run, column);
      load_slope(12u, run, column);
      load_slope(13u, run, column);
      load_slope(14u, run, column);
      load_slope(15u, run, column);
      load_input(0u, run, first);
      load_input(1u, run, first);
      load_input(2u, run, first);
      load_input(3u, run, first);
      load_input(4u, run, first);
      load_input(5u, run, first);
      load_input(6u, run, first);
      load_input(7u, run, first);
      load_input(8u, run, first);
      load_input(9u, run, first);
      load_input(10u, run, first);
      load_input(11u, run, first);
      load_input(12u, run, first);
      load_input(13u, run, first);
      load_input(14u, run, first);
      load_input(15u, run, first);
      load_input(16u, run, first);
      load_input(17u, run, first);
      load_input(18u, run, first);
      load_input(19u, run, first);
      load_input(20u, run, first);
      load_input(21u, run, first);
      load_input(22u, run, first);
      load_input(23u, run, first);
      add_eight(0u);
      add_eight(1u);
      add_eight(2u);
      add_eight(3u);
      add_eight(4u);
      add_eight(5u);
      add_eight(6u);
      continuing {
        start += dims.parts * LANES;
        break if start >= runs;
      }
    }
  }
  write_tap(0u, part, ky, kx, first, column);
  write_tap(1u, part, ky, kx, first, column);
  write_tap(2u, part, ky, kx, first, column);
  write_tap(3u, part, ky, kx, first, column);
  write_tap(4u, part, ky, kx, first, column);
  write_tap(5u, part, ky, kx, first, column);
  write_tap(6u, part, ky, kx, first, column);
}
