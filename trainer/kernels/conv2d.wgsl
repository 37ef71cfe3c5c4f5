// conv2d for software adapters: lanes run over pixels, every lane keeps a tile of RUNS x RUN pixels and 4 * BLOCKS channels in
// registers. No workgroup memory, no barriers.
//   forward         y[n, oy, ox, o] = bias[o] + sum over ky, kx, i of x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * w[ky, kx, i, o]
//   backward_input  the same sum read the other way. With stride s the pixels of dx fall into s * s phases; a phase sees only every
//                   s-th tap and is a stride-1 convolution of dy, so no zeros are inserted and nothing is tested per tap.
// "source" is what is read (x or dy), "target" what is written (y or dx). Channels are counted in groups of 4.
//
// Constants: LANES (invocations that share a weight load), RUN (pixels side by side in a row), RUNS (such runs per lane), TAPS (taps of a
// kernel row done in one go, so that their pixels are loaded once), STEP (source pixels per target pixel), BLOCKS (channel groups per lane),
// TRANSPOSED (false: forward, true: backward_input).

struct Dims {
  batch: u32,
  source_height: u32,
  source_width: u32,
  source_groups: u32,
  target_height: u32,
  target_width: u32,
  target_groups: u32,
  kernel_height: u32,
  kernel_width: u32,
  stride: u32,
  padding_y: u32,
  padding_x: u32,
  accumulate: u32, // 1: add to the target
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4f>; // [N, H, W, groups]
@group(0) @binding(2) var<storage, read> weight: array<vec4f>; // [KH, KW, I, O / 4]
@group(0) @binding(3) var<storage, read_write> destination: array<vec4f>;

const WINDOW = (RUN - 1) * STEP + TAPS;

// What one axis of a phase looks like: taps first, first + step, ... (count of them) read source[a * STEP + origin +- j] for target
// pixel phase + step * a, a < extent.
struct Axis {
  first: u32,
  step: u32,
  count: u32,
  origin: i32,
  extent: u32,
}

fn axis(phase: u32, extent: u32, kernel: u32, padding: u32) -> Axis {
  if (!TRANSPOSED) { return Axis(0u, 1u, kernel, -i32(padding), extent); }
  let step = dims.stride;
  let first = (phase + padding) % step;
  let count = select((kernel - first + step - 1u) / step, 0u, first >= kernel);
  return Axis(first, step, count, i32((phase + padding - first) / step), (extent - min(phase, extent) + step - 1u) / step);
}

var<private> sums: array<array<array<vec4f, RUN>, RUNS>, BLOCKS>;
var<private> window: array<array<vec4f, WINDOW>, RUNS>;

// Adds tap t of the loaded window, with the 4 x 4 weights a, b, c, d, to channel group `block`.
fn multiply(block: u32, t: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  for (var r = 0u; r < RUNS; r++) {
    for (var q = 0u; q < RUN; q++) {
      let s = window[r][q * STEP + select(t, TAPS - 1u - t, TRANSPOSED)];
      if (TRANSPOSED) {
        sums[block][r][q] += vec4f(dot(s, a), dot(s, b), dot(s, c), dot(s, d));
      } else {
        sums[block][r][q] += s.x * a + s.y * b + s.z * c + s.w * d;
      }
    }
  }
}

// Index of row k of the 4 x 4 weights between source group c and target group `block` at this tap.
fn weight_index(tap: u32, c: u32, block: u32, k: u32) -> u32 {
  let b = min(block, dims.target_groups - 1u);
  if (TRANSPOSED) { return (tap * dims.target_groups * 4u + b * 4u + k) * dims.source_groups + c; }
  return (tap * dims.source_groups * 4u + c * 4u + k) * dims.target_groups + b;
}

struct Place {
  lane: u32,
  tile: u32,
  block: u32, // first channel group
  y: Axis,
  x: Axis,
  phase_y: u32,
  phase_x: u32,
}

fn place(local: vec3u, workgroup: vec3u, workgroups: vec3u) -> Place {
  let columns = (dims.target_groups + BLOCKS - 1u) / BLOCKS;
  let phase = workgroup.z / columns;
  let phase_y = phase / dims.stride;
  let phase_x = phase % dims.stride;
  return Place(
    local.x,
    workgroup.x + workgroup.y * workgroups.x,
    (workgroup.z % columns) * BLOCKS,
    axis(phase_y, dims.target_height, dims.kernel_height, dims.padding_y),
    axis(phase_x, dims.target_width, dims.kernel_width, dims.padding_x),
    phase_y,
    phase_x,
  );
}

fn run_index(p: Place, r: u32) -> u32 {
  return (p.tile * RUNS + r) * LANES + p.lane;
}

fn add_tap(p: Place, jy: u32, jx: u32, t: u32, c: u32) {
  let tap = (p.y.first + jy * p.y.step) * dims.kernel_width + p.x.first + min(jx + t, p.x.count - 1u) * p.x.step;
  add_columns(p.lane, t, tap, c, p.block, select(0.0, 1.0, jx + t < p.x.count));
}

fn convolve(p: Place) {
  let runs_x = (p.x.extent + RUN - 1u) / RUN;
  let last = max(dims.batch * p.y.extent * runs_x, 1u) - 1u;
  var rows: array<i32, RUNS>; // first source row of each image of the run, then the run's own
  var tops: array<i32, RUNS>;
  var lefts: array<i32, RUNS>;
  for (var r = 0u; r < RUNS; r++) {
    let run = min(run_index(p, r), last);
    let line = run / max(runs_x, 1u);
    rows[r] = i32(line / max(p.y.extent, 1u) * dims.source_height);
    tops[r] = i32(line % max(p.y.extent, 1u) * STEP) + p.y.origin;
    lefts[r] = i32(run % max(runs_x, 1u) * RUN * STEP) + p.x.origin;
  }
  for (var jy = 0u; jy < p.y.count; jy++) {
    for (var jx = 0u; jx < p.x.count; jx += TAPS) {
      var offsets: array<array<u32, WINDOW>, RUNS>;
      var inside: array<array<bool, WINDOW>, RUNS>;
      for (var r = 0u; r < RUNS; r++) {
        let y = tops[r] + select(i32(jy), -i32(jy), TRANSPOSED);
        let left = lefts[r] + select(i32(jx), -i32(jx + TAPS - 1u), TRANSPOSED);
        for (var i = 0u; i < WINDOW; i++) {
          let x = left + i32(i);
          let ok = u32(y) < dims.source_height && u32(x) < dims.source_width;
          inside[r][i] = ok;
          offsets[r][i] = select(0u, u32((rows[r] + y) * i32(dims.source_width) + x) * dims.source_groups, ok);
        }
      }
      for (var c = 0u; c < dims.source_groups; c++) {
        for (var r = 0u; r < RUNS; r++) {
          for (var i = 0u; i < WINDOW; i++) {
            window[r][i] = select(vec4f(0), source[offsets[r][i] + c], inside[r][i]);
          }
        }
        add_tap(p, jy, jx, 0u, c);
        if (TAPS > 1u) { add_tap(p, jy, jx, 1u, c); }
        if (TAPS > 2u) { add_tap(p, jy, jx, 2u, c); }
        if (TAPS > 3u) { add_tap(p, jy, jx, 3u, c); }
        if (TAPS > 4u) { add_tap(p, jy, jx, 4u, c); }
        if (TAPS > 5u) { add_tap(p, jy, jx, 5u, c); }
        if (TAPS > 6u) { add_tap(p, jy, jx, 6u, c); }
      }
    }
  }
}

// Writes channel group p.block + b of the tile.
fn write_block(p: Place, b: u32) {
  if (b >= BLOCKS || p.block + b >= dims.target_groups) { return; }
  let first = start(p.block + b);
  let runs_x = (p.x.extent + RUN - 1u) / RUN;
  let step = select(1u, dims.stride, TRANSPOSED);
  for (var r = 0u; r < RUNS; r++) {
    let run = run_index(p, r);
    let line = run / max(runs_x, 1u);
    let n = line / max(p.y.extent, 1u);
    let y = line % max(p.y.extent, 1u) * step + p.phase_y;
    let a = run % max(runs_x, 1u) * RUN;
    let at = ((n * dims.target_height + y) * dims.target_width + a * step + p.phase_x) * dims.target_groups + p.block + b;
    let stride = step * dims.target_groups;
    let room = select(0u, p.x.extent - a, n < dims.batch && runs_x > 0u);
    for (var q = 0u; q < RUN; q++) {
      if (q < room) {
        var sum = sums[min(b, BLOCKS - 1u)][r][q] + first;
        if (dims.accumulate != 0u) { sum += destination[at + q * stride]; }
        destination[at + q * stride] = sum;
      }
    }
  }
}

fn write_tile(p: Place) {
  write_block(p, 0u);
  write_block(p, 1u);
  write_block(p, 2u);
  write_block(p, 3u);
  write_block(p, 4u);
  write_block(p, 5u);
  write_block(p, 6u);
  write_block(p, 7u);
}

@compute @workgroup_size(LANES)
fn forward(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = place(local, workgroup, workgroups);
  convolve(p);
  write_tile(p);
}

@compute @workgroup_size(LANES)
fn backward_input(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = place(local, workgroup, workgroups);
  convolve(p);
  write_tile(p);
}
