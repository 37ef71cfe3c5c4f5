// conv2d for software adapters with subgroups: lanes run over output channels, a group of 4 each, and share the pixels.
// Each lane loads one other pixel and all lanes hear all of them: on llvmpipe a load is a scalar loop over the lanes, a
// broadcast costs next to nothing.
//   forward         y[n, oy, ox, o] = bias[o] + sum over ky, kx, i of x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * w[ky, kx, i, o]
//   backward_input  the same sum read the other way. With stride s the pixels of dx fall into s * s phases; a phase sees only
//                   every s-th tap and is a stride-1 convolution of dy, so no zeros are inserted and nothing is tested per tap.
// "source" is what is read (x or dy), "destination" what is written (y or dx). One pipeline serves both, every kernel size and stride:
// a pipeline of its own for each took minutes to compile at the first step. No array is indexed by a variable, and what is done in
// the innermost loop is written out: naga bounds every loop, which keeps arrays out of registers. Loops end in `break if`: llvmpipe leaves a
// loop at its end only, so that after the last round of a `for` its body runs once more with all lanes off, 106 times for the 49 taps of
// a stem. Such a loop turns at least once: what may be empty is tested before.
//
// Before this text: conv2d_runs.wgsl, with RUNS 1 to 8, and conv2d_epilogue.wgsl.

struct Dims {
  batch: u32,
  source_height: u32,
  source_width: u32,
  source_groups: u32, // of 4 channels
  destination_height: u32,
  destination_width: u32,
  destination_groups: u32,
  kernel_height: u32,
  kernel_width: u32,
  stride: u32,
  padding_y: u32,
  padding_x: u32,
  activation: u32, // see conv2d_activation.wgsl
  affine: u32, // see conv2d_epilogue.wgsl
  accumulate: u32, // 1: add to the destination
  transposed: u32, // 1: backward_input
  channels_first: u32, // 1: the workgroups of a tile of pixels follow each other, 0: those of a block of channels
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4<Stored1>>; // [N, H, W, groups]
@group(0) @binding(5) var<storage, read> weight: array<vec4f>; // [KH, KW, I, O / 4]

// One axis of a phase: taps first, first + phases, ... (count of them) read source[a * step + origin +- j] for the destination's
// pixel phase + phases * a, a < extent.
struct Axis { phase: u32, first: u32, count: u32, origin: i32, extent: u32 }

struct Tile { lane: u32, index: u32, pixels: u32, step: u32, phases: u32, group: u32, y: Axis, x: Axis }

fn axis(phase: u32, phases: u32, extent: u32, kernel: u32, padding: u32) -> Axis {
  if (dims.transposed == 0u) { return Axis(0u, 0u, kernel, -i32(padding), extent); }
  let first = (phase + padding) % phases;
  let count = (kernel + phases - 1u - first) / phases;
  return Axis(phase, first, count, i32((phase + padding) / phases), (extent + phases - 1u - phase) / phases);
}

var<private> rows: array<i32, RUNS>; // of this lane's pixel of each run: first source row of its image,
var<private> tops: array<i32, RUNS>; // row and
var<private> lefts: array<i32, RUNS>; // column of the first tap
var<private> places: array<u32, RUNS>; // where the present tap reads, and
var<private> inside: array<bool, RUNS>; // whether that is in the image
var<private> targets: array<u32, RUNS>; // where it is written, in groups; NOWHERE behind the last pixel

const NOWHERE = 0xffffffffu;

fn find(t: Tile, r: u32) {
  if (r >= RUNS) { return; }
  let own = t.index * KEPT + r * LANES + t.lane;
  let p = min(own, t.pixels - 1u);
  let line = p / t.x.extent;
  let n = line / t.y.extent;
  rows[min(r, RUNS - 1u)] = i32(n * dims.source_height);
  tops[min(r, RUNS - 1u)] = i32((line - n * t.y.extent) * t.step) + t.y.origin;
  lefts[min(r, RUNS - 1u)] = i32((p - line * t.x.extent) * t.step) + t.x.origin;
  let y = (line - n * t.y.extent) * t.phases + t.y.phase;
  let x = (p - line * t.x.extent) * t.phases + t.x.phase;
  let at = ((n * dims.destination_height + y) * dims.destination_width + x) * dims.destination_groups;
  targets[min(r, RUNS - 1u)] = select(at, NOWHERE, own >= t.pixels);
}

fn turn_to(r: u32, dy: i32, dx: i32) {
  if (r >= RUNS) { return; }
  let y = tops[min(r, RUNS - 1u)] + dy;
  let x = lefts[min(r, RUNS - 1u)] + dx;
  let within = u32(y) < dims.source_height && u32(x) < dims.source_width;
  let at = u32((rows[min(r, RUNS - 1u)] + y) * i32(dims.source_width) + x) * dims.source_groups;
  inside[min(r, RUNS - 1u)] = within;
  places[min(r, RUNS - 1u)] = select(0u, at, within);
}

fn load(r: u32, c: u32) {
  if (r >= RUNS) { return; }
  values[min(r, RUNS - 1u)] = select(vec4f(0.0), vec4f(source[places[min(r, RUNS - 1u)] + c]), inside[min(r, RUNS - 1u)]);
}

fn write(t: Tile, affine: Affine, i: u32, first: u32) {
  if (first == NOWHERE || t.group >= dims.destination_groups) { return; }
  write_sum(first + t.group, sums[min(i, KEPT - 1u)], affine);
}

// Writes the first run. A lane knows where its own pixel is written, and tells the others: llvmpipe divides integers lane by lane.
fn write_run(t: Tile, affine: Affine) {
  let own = targets[0];
  write(t, affine, 0u, subgroupBroadcast(own, 0u));
  write(t, affine, 1u, subgroupBroadcast(own, 1u));
  write(t, affine, 2u, subgroupBroadcast(own, 2u));
  write(t, affine, 3u, subgroupBroadcast(own, 3u));
  if (LANES > 4u) {
    write(t, affine, 4u, subgroupBroadcast(own, 4u));
    write(t, affine, 5u, subgroupBroadcast(own, 5u));
    write(t, affine, 6u, subgroupBroadcast(own, 6u));
    write(t, affine, 7u, subgroupBroadcast(own, 7u));
  }
  if (LANES > 8u) {
    write(t, affine, 8u, subgroupBroadcast(own, 8u));
    write(t, affine, 9u, subgroupBroadcast(own, 9u));
    write(t, affine, 10u, subgroupBroadcast(own, 10u));
    write(t, affine, 11u, subgroupBroadcast(own, 11u));
    write(t, affine, 12u, subgroupBroadcast(own, 12u));
    write(t, affine, 13u, subgroupBroadcast(own, 13u));
    write(t, affine, 14u, subgroupBroadcast(own, 14u));
    write(t, affine, 15u, subgroupBroadcast(own, 15u));
  }
}

const_assert RUNS <= 8;

fn move_sum(i: u32) {
  if (i + LANES >= KEPT) { return; }
  sums[min(i, KEPT - 1u)] = sums[min(i + LANES, KEPT - 1u)];
}

fn move_run(r: u32) {
  if (r + 1u >= RUNS) { return; }
  targets[min(r, RUNS - 1u)] = targets[min(r + 1u, RUNS - 1u)];
  let i = r * LANES;
  move_sum(i);
  move_sum(i + 1u);
  move_sum(i + 2u);
  move_sum(i + 3u);
  if (LANES > 4u) {
    move_sum(i + 4u);
    move_sum(i + 5u);
    move_sum(i + 6u);
    move_sum(i + 7u);
  }
  if (LANES > 8u) {
    move_sum(i + 8u);
    move_sum(i + 9u);
    move_sum(i + 10u);
    move_sum(i + 11u);
    move_sum(i + 12u);
    move_sum(i + 13u);
    move_sum(i + 14u);
    move_sum(i + 15u);
  }
}

// The first run is written: each takes the place of the one before.
fn move_runs() {
  move_run(0u);
  move_run(1u);
  move_run(2u);
  move_run(3u);
  move_run(4u);
  move_run(5u);
  move_run(6u);
}

// Pairs of channel groups, 64 bytes each, from which on a tap's weights are touched. With 2048 that changed nothing, with 512 it cost 2 %.
const FAR = 8192u;
const CHUNKS = u32(LANES / 4); // of 64 bytes, of what the lanes load of a row

var<private> seen: u32; // what touches read, see unseen()

// Asks for the cache lines of `count` rows of weights from `first` on, each lane for another one; behind the end WebGPU gives anything.
// Otherwise the loads wait for one line after the other, as each is a loop over the lanes, and no processor foresees rows that lie
// 2 KB apart: a third of the time of 512 to 512 channels.
fn touch_weights(first: u32, row: u32, count: u32, lane: u32) {
  for (var k = lane; k < count * CHUNKS; k += u32(LANES)) {
    seen ^= bitcast<u32>(weight[first + k / CHUNKS * row + k % CHUNKS * 4u].x);
  }
}

// 0, as there is no stride of 0: a use of what was touched, without which a compiler leaves it out.
fn unseen() -> u32 {
  return select(0u, seen, dims.stride == 0u);
}

@compute @workgroup_size(LANES)
fn convolve(
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let transposed = dims.transposed != 0u;
  let phases = select(1u, dims.stride, transposed);
  let along = select(workgroup.z, workgroup.x, dims.channels_first != 0u);
  let phase = along % (phases * phases);
  let y = axis(phase / phases, phases, dims.destination_height, dims.kernel_height, dims.padding_y);
  let x = axis(phase % phases, phases, dims.destination_width, dims.kernel_width, dims.padding_x);
  let group = along / (phases * phases) * LANES + local.x;
  let index = select(
    workgroup.x + workgroup.y * workgroups.x,
    workgroup.y + workgroup.z * workgroups.y,
    dims.channels_first != 0u,
  );
  let pixels = dims.batch * y.extent * x.extent;
  if (index * KEPT >= pixels) { return; } // of the whole workgroup alike
  let t = Tile(local.x, index, pixels, select(dims.stride, 1u, transposed), phases, group, y, x);
  find(t, 0u);
  find(t, 1u);
  find(t, 2u);
  find(t, 3u);
  find(t, 4u);
  find(t, 5u);
  find(t, 6u);
  find(t, 7u);
  let channels = min(group, dims.destination_groups - 1u);
  let direction = select(1, -1, transposed);
  let row = select(dims.destination_groups, dims.source_groups, transposed);
  let next = select(dims.destination_groups * 4u, 1u, transposed);
  let far = !transposed && dims.source_groups * dims.destination_groups >= FAR;
  let touched = select(0u, dims.source_groups * 4u, far);
  if (y.count * x.count > 0u) {
    var jy = 0u;
    loop {
      var jx = 0u;
      loop {
        let tap = (y.first + jy * phases) * dims.kernel_width + x.first + jx * phases;
        let start = tap * dims.source_groups * 4u * dims.destination_groups;
        let first = start + select(channels, channels * 4u * dims.source_groups, transposed);
        touch_weights(start + group - local.x, row, touched, local.x);
        let dy = direction * i32(jy);
        let dx = direction * i32(jx);
        turn_to(0u, dy, dx);
        turn_to(1u, dy, dx);
        turn_to(2u, dy, dx);
        turn_to(3u, dy, dx);
        turn_to(4u, dy, dx);
        turn_to(5u, dy, dx);
        turn_to(6u, dy, dx);
        turn_to(7u, dy, dx);
        var c = 0u;
        loop {
          let at = first + c * next;
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
        continuing {
          jx++;
          break if jx >= x.count;
        }
      }
      continuing {
        jy++;
        break if jy >= y.count;
      }
    }
  }
  let affine = affine_of(channels + unseen());
  // Not written out: 64 copies of what is done with a sum took llvmpipe four times as long to compile.
  var r = 0u;
  loop {
    write_run(t, affine);
    move_runs();
    continuing {
      r++;
      break if r >= RUNS;
    }
  }
}
