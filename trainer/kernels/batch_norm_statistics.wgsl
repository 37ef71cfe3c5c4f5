// batch_norm, statistics of a training batch: mean and sum of squared deviations (m2) of each channel over all pixels.
// They are merged from groups of four pixels to strips, tiles and the whole, never taken from sums of squares, which
// cancel where the mean is large against the spread. Chan, Golub, LeVeque 1983.
const EPSILON = 1e-5; // PyTorch's defaults, which all students use
const MOMENTUM = 0.1;

@group(0) @binding(0) var<uniform> over: Blocks; // x as a single image

struct Moments { count: f32, mean: vec4f, m2: vec4f }
var<workgroup> moments: array<Moments, 64>;

fn merge(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  let portion = b.count / max(count, 1.0); // 0 when both are empty
  let delta = b.mean - a.mean;
  return Moments(count, a.mean + delta * portion, a.m2 + b.m2 + delta * delta * (a.count * portion));
}

// The moments of the threads local, local + lanes, ... (`strips` of them) end up in moments[local] for local < lanes.
fn merge_strips(value: Moments, local: u32, lanes: u32, strips: u32) {
  moments[local] = value;
  for (var count = strips; count > 1u;) {
    let half = (count + 1u) / 2u;
    workgroupBarrier();
    if (local / lanes + half < count) {
      moments[local] = merge(moments[local], moments[local + half * lanes]);
    }
    count = half;
  }
  workgroupBarrier();
}

@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>; // [pixels, vectors]
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>; // [parts, (mean, m2), vectors]

fn moments_of(own: Share) -> Moments {
  let step = over.interleave * over.vectors;
  var run = Moments(0.0, vec4f(0.0), vec4f(0.0));
  var pixel = own.first;
  var i = at(over, own, pixel);
  for (; pixel + 3u * over.interleave < own.end; pixel += 4u * over.interleave) {
    let a = vec4f(x[i]);
    let b = vec4f(x[i + step]);
    let c = vec4f(x[i + 2u * step]);
    let d = vec4f(x[i + 3u * step]);
    i += 4u * step;
    let mean = ((a + b) + (c + d)) * 0.25;
    let m2 = ((a - mean) * (a - mean) + (b - mean) * (b - mean)) +
      ((c - mean) * (c - mean) + (d - mean) * (d - mean));
    run = merge(run, Moments(4.0, mean, m2));
  }
  for (; pixel < own.end; pixel += over.interleave) {
    run = merge(run, Moments(1.0, vec4f(x[i]), vec4f(0.0)));
    i += step;
  }
  return run;
}

fn keep_part(part: u32, column: u32, vectors: u32, run: Moments) {
  partials[2u * part * vectors + column] = run.mean;
  partials[(2u * part + 1u) * vectors + column] = run.m2;
}

// One workgroup: one tile of pixels.
@compute @workgroup_size(64)
fn tiles(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = share(over, group, local);
  merge_strips(moments_of(own), local, over.lanes, over.strips);
  if (own.strip == 0u && own.first < own.end) { keep_part(group.x, own.column, over.vectors, moments[local]); }
}

// For software adapters, where a barrier costs as much as walking over hundreds of pixels: every strip of a tile is a part.
@compute @workgroup_size(64)
fn tiles_alone(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = share(over, group, local);
  if (own.strip >= over.strips || own.column >= over.vectors) { return; }
  keep_part(group.x * over.strips + own.strip, own.column, over.vectors, moments_of(own));
}

@group(0) @binding(1) var<storage, read> part_moments: array<vec4f>; // partials
@group(0) @binding(2) var<storage, read_write> mean: array<vec4f>; // [vectors]
@group(0) @binding(3) var<storage, read_write> inverse: array<vec4f>; // [vectors], 1 / sqrt(variance + EPSILON)
@group(0) @binding(4) var<storage, read_write> running_mean: array<vec4f>; // [vectors]
@group(0) @binding(5) var<storage, read_write> running_var: array<vec4f>; // [vectors]

fn part_at(part: u32, column: u32, vectors: u32, count: u32) -> Moments {
  let i = 2u * part * vectors + column;
  return Moments(f32(count), part_moments[i], part_moments[i + vectors]);
}

struct Parts {
  over: Blocks, // parts in place of pixels
  size: u32, // pixels of a part; the last may have fewer
  pixels: u32, // of all
}
@group(0) @binding(0) var<uniform> parts: Parts;

// Between a convolution that left more parts than `finish` should read, and `finish`. One workgroup: one tile of parts.
@compute @workgroup_size(64)
fn gather(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let blocks = parts.over;
  let own = share(blocks, group, local);
  var run = Moments(0.0, vec4f(0.0), vec4f(0.0));
  for (var part = own.first; part < own.end; part += blocks.interleave) {
    run = merge(run, part_at(part, own.column, blocks.vectors, min(parts.size, parts.pixels - part * parts.size)));
  }
  merge_strips(run, local, blocks.lanes, blocks.strips);
  if (own.strip == 0u && own.first < own.end) { keep_part(group.x, own.column, blocks.vectors, moments[local]); }
}

fn keep(column: u32, all: Moments) {
  mean[column] = all.mean;
  inverse[column] = 1.0 / sqrt(all.m2 / all.count + EPSILON);
  let unbiased = all.m2 / (all.count - 1.0);
  running_mean[column] = (1.0 - MOMENTUM) * running_mean[column] + MOMENTUM * all.mean;
  running_var[column] = (1.0 - MOMENTUM) * running_var[column] + MOMENTUM * unbiased;
}

// One workgroup: one vec4 of channels, all tiles.
@compute @workgroup_size(64)
fn finish(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  var run = Moments(0.0, vec4f(0.0), vec4f(0.0));
  for (var tile = local; tile < over.tiles; tile += 64u) {
    run = merge(run, part_at(tile, group.x, over.vectors, min(over.block, over.pixels - tile * over.block)));
  }
  merge_strips(run, local, 1u, 64u);
  if (local == 0u) { keep(group.x, moments[0]); }
}

// One thread: one vec4 of channels, all strips of all tiles.
@compute @workgroup_size(8)
fn finish_alone(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= over.vectors) { return; }
  var run = Moments(0.0, vec4f(0.0), vec4f(0.0));
  for (var tile = 0u; tile < over.tiles; tile++) {
    for (var strip = 0u; strip < over.strips; strip++) {
      let pixels = strip_of(over, tile, strip);
      let count = (max(pixels.end, pixels.first) - pixels.first + over.interleave - 1u) / over.interleave;
      run = merge(run, part_at(tile * over.strips + strip, id.x, over.vectors, count));
    }
  }
  keep(id.x, run);
}
