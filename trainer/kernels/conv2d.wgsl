// conv2d for software adapters: lanes run over pixels, every lane keeps a tile of RUNS x RUN pixels and 4 * BLOCKS channels in
// registers. No workgroup memory, no barriers.
//   forward         y[n, oy, ox, o] = bias[o] + sum over ky, kx, i of x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * w[ky, kx, i, o]
//   backward_input  the same sum read the other way. With stride s the pixels of dx fall into s * s phases; a phase sees only every
//                   s-th tap and is a stride-1 convolution of dy, so no zeros are inserted and nothing is tested per tap.
// "source" is what is read (x or dy), "target" what is written (y or dx). Channels are counted in groups of 4.
//
// Constants: LANES (invocations that share a weight load), RUN (pixels side by side in a row), RUNS (such runs per lane), TAPS (1 to 3
// taps of a kernel row, done in one go so that their pixels are loaded once), STEP (source pixels per target pixel), BLOCKS (1 to 4
// channel groups per lane), TRANSPOSED (false: forward, true: backward_input), PHASES (1 forward, the stride backward).
//
// Beside this text: conv2d_epilogue.wgsl and conv2d_broadcast.wgsl or conv2d_uniform.wgsl.

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
  stride: u32, // not read: STEP and PHASES say it
  padding_y: u32,
  padding_x: u32,
  activation: u32, // see conv2d_activation.wgsl
  affine: u32, // see conv2d_epilogue.wgsl
  accumulate: u32, // 1: add to the target
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4<Stored1>>; // [N, H, W, groups]
@group(0) @binding(5) var<storage, read> weight: array<vec4f>; // [KH, KW, I, O / 4]

const WINDOW = (RUN - 1) * STEP + TAPS;

// What one axis of a phase looks like: taps first, first + PHASES, ... (count of them) read source[a * STEP + origin +- j] for
// target pixel phase + PHASES * a, a < extent.
struct Axis {
  phase: u32,
  first: u32,
  count: u32,
  origin: i32,
  extent: u32,
}

fn axis(phase: u32, extent: u32, kernel: u32, padding: u32) -> Axis {
  if (!TRANSPOSED) { return Axis(0u, 0u, kernel, -i32(padding), extent); }
  let first = (phase + padding) % PHASES;
  let count = (kernel + PHASES - 1u - first) / PHASES;
  return Axis(phase, first, count, i32((phase + padding) / PHASES), (extent + PHASES - 1u - phase) / PHASES);
}

// floor(a / b). llvmpipe divides integers lane by lane; right for quotients below 2^22.
fn divide(a: u32, b: u32) -> u32 {
  let q = i32(f32(a) / f32(b));
  let rest = i32(a) - q * i32(b);
  return u32(q + select(0, 1, rest >= i32(b)) - select(0, 1, rest < 0));
}

const PIXELS = RUN * RUNS; // of a lane
const_assert BLOCKS <= 4; // as many are moved when they are written

var<private> sums: array<vec4f, BLOCKS * PIXELS>;
var<private> held: array<vec4f, HELD * TAPS>; // weights, see held_index()
var<private> window: array<vec4f, RUNS * WINDOW>;

// Loops in the innermost body are written out: naga counts the rounds of every loop so that none is endless, and on llvmpipe each
// such count leaves a masked copy of everything that is alive. Why the loops end in `break if`: see conv2d_channels.wgsl.

// Adds tap t of the loaded window, with the 4 x 4 weights a, b, c, d, to channel group `block` of pixel q.
fn multiply_pixel(q: u32, block: u32, t: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  if (q < PIXELS) {
    let s = window[q / RUN * WINDOW + q % RUN * STEP + select(t, TAPS - 1u - t, TRANSPOSED)];
    if (TRANSPOSED) {
      sums[block * PIXELS + q] += vec4f(dot(s, a), dot(s, b), dot(s, c), dot(s, d));
    } else {
      sums[block * PIXELS + q] += s.x * a + s.y * b + s.z * c + s.w * d;
    }
  }
}

fn multiply(block: u32, t: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  multiply_pixel(0u, block, t, a, b, c, d);
  multiply_pixel(1u, block, t, a, b, c, d);
  multiply_pixel(2u, block, t, a, b, c, d);
  multiply_pixel(3u, block, t, a, b, c, d);
  multiply_pixel(4u, block, t, a, b, c, d);
  multiply_pixel(5u, block, t, a, b, c, d);
  multiply_pixel(6u, block, t, a, b, c, d);
  multiply_pixel(7u, block, t, a, b, c, d);
}

// Index of row k of the 4 x 4 weights between source group 0 and target group `block` at this tap.
fn weight_index(tap: u32, block: u32, k: u32) -> u32 {
  let b = min(block, dims.target_groups - 1u);
  if (TRANSPOSED) { return (tap * dims.target_groups * 4u + b * 4u + k) * dims.source_groups; }
  return (tap * dims.source_groups * 4u + k) * dims.target_groups + b;
}

// Where this lane stands. Private variables and not arguments: every inlined call would copy them.
var<private> lane: u32;
var<private> tile: u32;
var<private> first_block: u32;
var<private> axis_y: Axis;
var<private> axis_x: Axis;

fn place(local: vec3u, workgroup: vec3u, workgroups: vec3u) {
  let phase = workgroup.z % (PHASES * PHASES);
  lane = local.x;
  tile = workgroup.x + workgroup.y * workgroups.x;
  first_block = workgroup.z / (PHASES * PHASES) * BLOCKS;
  axis_y = axis(phase / PHASES, dims.target_height, dims.kernel_height, dims.padding_y);
  axis_x = axis(phase % PHASES, dims.target_width, dims.kernel_width, dims.padding_x);
}

// A run of pixels: where its image, line and first pixel are in the phase, and the source pixel of its first tap.
struct Run {
  image: u32,
  line: u32,
  first: u32,
  row: i32, // first source row of its image
  top: i32,
  left: i32,
}

var<private> runs: array<Run, RUNS>;
var<private> bases: array<i32, RUNS>; // index of the window's first pixel
var<private> edges: array<i32, RUNS>; // its column; far outside when the row is
var<private> weights_at: array<u32, HELD * TAPS>; // of source group 0

fn find_run(r: u32) {
  if (r < RUNS) {
    let runs_x = max((axis_x.extent + RUN - 1u) / RUN, 1u);
    let run = (tile * RUNS + r) * LANES + lane;
    let line = divide(run, runs_x);
    let n = divide(line, max(axis_y.extent, 1u));
    runs[r].image = n;
    runs[r].line = line - n * axis_y.extent;
    runs[r].first = (run - line * runs_x) * RUN;
    runs[r].row = i32(n * dims.source_height);
    // Runs behind the last image read nothing.
    runs[r].top = select(-0x1000000, i32(runs[r].line * STEP) + axis_y.origin, n < dims.batch);
    runs[r].left = i32(runs[r].first * STEP) + axis_x.origin;
  }
}

fn find_window(r: u32, jy: u32, jx: u32) {
  if (r < RUNS) {
    let y = runs[r].top + select(i32(jy), -i32(jy), TRANSPOSED);
    let left = runs[r].left + select(i32(jx), -i32(jx + TAPS - 1u), TRANSPOSED);
    edges[r] = select(-0x10000000, left, u32(y) < dims.source_height);
    bases[r] = ((runs[r].row + y) * i32(dims.source_width) + left) * i32(dims.source_groups);
  }
}

fn find_weights(k: u32, jy: u32, jx: u32) {
  if (k < HELD * TAPS) {
    let x = min(jx + k / HELD, axis_x.count - 1u) * PHASES + axis_x.first;
    let tap = (axis_y.first + jy * PHASES) * dims.kernel_width + x;
    weights_at[k] = held_index(k % HELD, tap);
  }
}

fn load_weights(k: u32, shift: u32, taps: u32) {
  if (k < HELD * TAPS) {
    held[k] = select(vec4f(0), weight[weights_at[k] + shift], k / HELD < taps);
  }
}

fn load_pixel(i: u32, c: u32) {
  if (i < RUNS * WINDOW) {
    let inside = u32(edges[i / WINDOW] + i32(i % WINDOW)) < dims.source_width;
    let at = u32(bases[i / WINDOW]) + i % WINDOW * dims.source_groups + c;
    window[i] = select(vec4f(0), vec4f(source[select(0u, at, inside)]), inside);
  }
}

fn convolve() {
  find_run(0u);
  find_run(1u);
  find_run(2u);
  find_run(3u);
  find_run(4u);
  find_run(5u);
  find_run(6u);
  find_run(7u);
  if (axis_y.count * axis_x.count == 0u) { return; }
  let weight_step = select(dims.target_groups * 4u, 1u, TRANSPOSED);
  var jy = 0u;
  loop {
    var jx = 0u;
    loop {
      find_window(0u, jy, jx);
      find_window(1u, jy, jx);
      find_window(2u, jy, jx);
      find_window(3u, jy, jx);
      find_window(4u, jy, jx);
      find_window(5u, jy, jx);
      find_window(6u, jy, jx);
      find_window(7u, jy, jx);
      find_weights(0u, jy, jx);
      find_weights(1u, jy, jx);
      find_weights(2u, jy, jx);
      find_weights(3u, jy, jx);
      find_weights(4u, jy, jx);
      find_weights(5u, jy, jx);
      find_weights(6u, jy, jx);
      find_weights(7u, jy, jx);
      find_weights(8u, jy, jx);
      find_weights(9u, jy, jx);
      find_weights(10u, jy, jx);
      find_weights(11u, jy, jx);
      find_weights(12u, jy, jx);
      find_weights(13u, jy, jx);
      find_weights(14u, jy, jx);
      find_weights(15u, jy, jx);
      var c = 0u;
      loop {
        load_weights(0u, c * weight_step, axis_x.count - jx);
        load_weights(1u, c * weight_step, axis_x.count - jx);
        load_weights(2u, c * weight_step, axis_x.count - jx);
        load_weights(3u, c * weight_step, axis_x.count - jx);
        load_weights(4u, c * weight_step, axis_x.count - jx);
        load_weights(5u, c * weight_step, axis_x.count - jx);
        load_weights(6u, c * weight_step, axis_x.count - jx);
        load_weights(7u, c * weight_step, axis_x.count - jx);
        load_weights(8u, c * weight_step, axis_x.count - jx);
        load_weights(9u, c * weight_step, axis_x.count - jx);
        load_weights(10u, c * weight_step, axis_x.count - jx);
        load_weights(11u, c * weight_step, axis_x.count - jx);
        load_weights(12u, c * weight_step, axis_x.count - jx);
        load_weights(13u, c * weight_step, axis_x.count - jx);
        load_weights(14u, c * weight_step, axis_x.count - jx);
        load_weights(15u, c * weight_step, axis_x.count - jx);
        load_pixel(0u, c);
        load_pixel(1u, c);
        load_pixel(2u, c);
        load_pixel(3u, c);
        load_pixel(4u, c);
        load_pixel(5u, c);
        load_pixel(6u, c);
        load_pixel(7u, c);
        load_pixel(8u, c);
        load_pixel(9u, c);
        load_pixel(10u, c);
        load_pixel(11u, c);
        load_pixel(12u, c);
        load_pixel(13u, c);
        load_pixel(14u, c);
        load_pixel(15u, c);
        load_pixel(16u, c);
        load_pixel(17u, c);
        load_pixel(18u, c);
        load_pixel(19u, c);
        load_pixel(20u, c);
        load_pixel(21u, c);
        load_pixel(22u, c);
        load_pixel(23u, c);
        add_columns(0u);
        add_columns(1u);
        add_columns(2u);
        continuing {
          c++;
          break if c >= dims.source_groups;
        }
      }
      continuing {
        jx += TAPS;
        break if jx >= axis_x.count;
      }
    }
    continuing {
      jy++;
      break if jy >= axis_y.count;
    }
  }
}

var<private> targets: array<u32, PIXELS>; // index of channel group 0 of each pixel
var<private> kept: array<bool, PIXELS>; // whether there is such a pixel

fn find_target(q: u32) {
  if (q < PIXELS) {
    let run = runs[q / RUN];
    let x = run.first + q % RUN;
    let y = (run.image * dims.target_height + run.line * PHASES + axis_y.phase) * dims.target_width;
    targets[q] = (y + x * PHASES + axis_x.phase) * dims.target_groups;
    kept[q] = run.image < dims.batch && x < axis_x.extent;
  }
}

// Of the first block.
fn write_pixel(q: u32, group: u32, affine: Affine) {
  if (q < PIXELS) {
    if (kept[q]) { write_sum(targets[q] + group, sums[q], affine); }
  }
}

fn write_block(group: u32) {
  if (group < dims.target_groups) {
    let affine = affine_of(group);
    write_pixel(0u, group, affine);
    write_pixel(1u, group, affine);
    write_pixel(2u, group, affine);
    write_pixel(3u, group, affine);
    write_pixel(4u, group, affine);
    write_pixel(5u, group, affine);
    write_pixel(6u, group, affine);
    write_pixel(7u, group, affine);
  }
}

fn move_sum(b: u32, q: u32) {
  if (q < PIXELS && b + 1u < BLOCKS) { sums[b * PIXELS + q] = sums[(b + 1u) * PIXELS + q]; }
}

// The sums of the block behind take the place of this one's.
fn move_block(b: u32) {
  move_sum(b, 0u);
  move_sum(b, 1u);
  move_sum(b, 2u);
  move_sum(b, 3u);
  move_sum(b, 4u);
  move_sum(b, 5u);
  move_sum(b, 6u);
  move_sum(b, 7u);
}

fn write_tile() {
  find_target(0u);
  find_target(1u);
  find_target(2u);
  find_target(3u);
  find_target(4u);
  find_target(5u);
  find_target(6u);
  find_target(7u);
  // Not written out: see conv2d_channels.wgsl.
  var b = 0u;
  loop {
    write_block(first_block + b);
    move_block(0u);
    move_block(1u);
    move_block(2u);
    continuing {
      b++;
      break if b >= BLOCKS;
    }
  }
}

@compute @workgroup_size(LANES)
fn forward(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  place(local, workgroup, workgroups);
  convolve();
  write_tile();
}

@compute @workgroup_size(LANES)
fn backward_input(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  place(local, workgroup, workgroups);
  convolve();
  write_tile();
}
