// batch_norm, gradients. With dz = dy where y > 0 (all of dy without the relu), x^ = (x - mean) * inverse, P pixels:
//   dbias = sum dz        dweight = sum dz * x^        dresidual = dz
//   dx = weight * inverse * (dz - sum(dz) / P - x^ * sum(dz * x^) / P)        (no sums with running statistics)
// x, y, dy, dx, dresidual: [pixels, vectors] vec4; per-channel arrays [vectors].
// Switches: ACCUMULATE (into dx), ACCUMULATE_RESIDUAL; MASK: where y > 0 is known from; IN_PLACE: dx, or with a residual dresidual, is
// where dy was, and the binding of dy a placeholder.
const EPSILON = 1e-5;
const NO_RELU = 0;
const BY_Y = 1; // with a residual
const BY_X = 2; // from the normalised x, which spares reading y; the binding of y is then a placeholder

struct Dims {
  over: Blocks, // x as a single image
  running: u32,
  accumulate_weight: u32,
  accumulate_bias: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read> y: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read> dy: array<vec4<Stored3>>;
@group(0) @binding(4) var<storage, read> mean: array<vec4f>;

// How a channel was normalised.
struct Norm { centre: vec4f, scale: vec4f, shift: vec4f }

fn masked(i: u32, d: vec4f, v: vec4f, norm: Norm) -> vec4f { // dz, where dy is d and x is v
  var dz = d;
  if (MASK == BY_Y) { dz = select(dz, vec4f(0.0), vec4f(y[i]) <= vec4f(0.0)); }
  if (MASK == BY_X) {
    let z = (v - norm.centre) * norm.scale + norm.shift;
    dz = select(dz, vec4f(0.0), z <= vec4f(0.0));
  }
  return dz;
}

fn inverse_of(variance_or_inverse: vec4f) -> vec4f {
  if (dims.running == 1u) { return 1.0 / sqrt(variance_or_inverse + EPSILON); }
  return variance_or_inverse;
}

@group(0) @binding(5) var<storage, read> tile_spread: array<vec4f>; // inverse, or the running variance
@group(0) @binding(6) var<storage, read> tile_weight: array<vec4f>;
@group(0) @binding(7) var<storage, read> tile_bias: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> partials: array<vec4f>; // [parts, (sum dz, sum dz (x - mean)), vectors]

// One workgroup: one tile of pixels.
@compute @workgroup_size(64)
fn tiles(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  let column = min(own.column, over.vectors - 1u);
  let scale = tile_weight[column] * inverse_of(tile_spread[column]);
  let norm = Norm(mean[column], scale, tile_bias[column]);
  var sum = vec4f(0.0);
  var moment = vec4f(0.0);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    let v = vec4f(x[i]);
    let dz = masked(i, vec4f(dy[i]), v, norm);
    sum += dz;
    moment += dz * (v - norm.centre);
  }
  let tile_sum = sum_strips(sum, local, over.lanes, over.strips);
  let tile_moment = sum_strips(moment, local, over.lanes, over.strips);
  if (keeps_part(over, own)) {
    let i = 2u * part(over, own, group.x) * over.vectors + own.column;
    partials[i] = tile_sum;
    partials[i + over.vectors] = tile_moment;
  }
}

@group(0) @binding(1) var<storage, read> tile_sums: array<vec4f>; // partials
@group(0) @binding(2) var<storage, read> spread: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> made: array<vec4f>; // coefficients
@group(0) @binding(6) var<storage, read_write> dweight: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dbias: array<vec4f>;

fn keep(column: u32, all: vec4f, all_moment: vec4f) {
  let vectors = dims.over.vectors;
  let inverse = inverse_of(spread[column]);
  let portion = select(1.0 / f32(dims.over.pixels), 0.0, dims.running == 1u);
  made[column] = weight[column] * inverse;
  made[vectors + column] = all * portion;
  made[2u * vectors + column] = all_moment * inverse * inverse * portion;
  made[3u * vectors + column] = bias[column];
  var dw = all_moment * inverse;
  if (dims.accumulate_weight == 1u) { dw += dweight[column]; }
  dweight[column] = dw;
  var db = all;
  if (dims.accumulate_bias == 1u) { db += dbias[column]; }
  dbias[column] = db;
}

// One workgroup: one vec4 of channels, all tiles.
@compute @workgroup_size(64)
fn finish(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  var sum = vec4f(0.0);
  var moment = vec4f(0.0);
  for (var tile = local; tile < over.tiles; tile += 64u) {
    let i = 2u * tile * over.vectors + group.x;
    sum += tile_sums[i];
    moment += tile_sums[i + over.vectors];
  }
  let all = sum_strips(sum, local, 1u, 64u);
  let all_moment = sum_strips(moment, local, 1u, 64u);
  if (local == 0u) { keep(group.x, all, all_moment); }
}

// One thread: one vec4 of channels, all strips of all tiles (shared/strip_alone.wgsl).
@compute @workgroup_size(8)
fn finish_alone(@builtin(global_invocation_id) id: vec3u) {
  let over = dims.over;
  if (id.x >= over.vectors) { return; }
  var sum = vec4f(0.0);
  var moment = vec4f(0.0);
  for (var strip = 0u; strip < over.tiles * over.strips; strip++) {
    let i = 2u * strip * over.vectors + id.x;
    sum += tile_sums[i];
    moment += tile_sums[i + over.vectors];
  }
  keep(id.x, sum, moment);
}

@group(0) @binding(5) var<storage, read> coefficients: array<vec4f>; // [(scale, mean of dz, slope against x, bias), vectors]
@group(0) @binding(6) var<storage, read_write> dx: array<vec4<Stored6>>;
@group(0) @binding(7) var<storage, read_write> dresidual: array<vec4<Stored7>>;

struct Line { norm: Norm, offset: vec4f, slope: vec4f }

fn line(column: u32, vectors: u32) -> Line {
  let norm = Norm(mean[column], coefficients[column], coefficients[3u * vectors + column]);
  return Line(norm, coefficients[vectors + column], coefficients[2u * vectors + column]);
}

// Writes dx and returns dz, where dy is d.
fn pass_on(i: u32, d: vec4f, map: Line) -> vec4f {
  let v = vec4f(x[i]);
  let dz = masked(i, d, v, map.norm);
  var own = map.norm.scale * (dz - map.offset - (v - map.norm.centre) * map.slope);
  if (ACCUMULATE) { own += vec4f(dx[i]); }
  dx[i] = vec4<Stored6>(own);
  return dz;
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let map = line(own.column, over.vectors);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var d = vec4f(dy[i]);
    if (IN_PLACE) { d = vec4f(dx[i]); }
    pass_on(i, d, map);
  }
}

@compute @workgroup_size(64)
fn backward_residual(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let map = line(own.column, over.vectors);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var d = vec4f(dy[i]);
    if (IN_PLACE) { d = vec4f(dresidual[i]); }
    d = pass_on(i, d, map);
    if (ACCUMULATE_RESIDUAL) { d += vec4f(dresidual[i]); }
    dresidual[i] = vec4<Stored7>(d);
  }
}
