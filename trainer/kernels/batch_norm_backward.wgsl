// batch_norm, gradients. With dz = dy where y > 0 (all of dy without the relu), x^ = (x - mean) * inverse, P pixels:
//   dbias = sum dz        dweight = sum dz * x^        dresidual = dz
//   dx = weight * inverse * (dz - sum(dz) / P - x^ * sum(dz * x^) / P)        (no sums with running statistics)
// x, y, dy, dx, dresidual: [pixels, vectors] vec4; per-channel arrays [vectors].
// RELU, ACCUMULATE (into dx), ACCUMULATE_RESIDUAL: switches; without RELU the binding of y is a placeholder that is not read.
const EPSILON = 1e-5;

struct Dims {
  over: Blocks, // x as a single image
  running: u32,
  accumulate_weight: u32,
  accumulate_bias: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy: array<vec4f>;
@group(0) @binding(4) var<storage, read> mean: array<vec4f>;

fn masked(i: u32) -> vec4f { // dz
  var dz = dy[i];
  if (RELU) { dz = select(dz, vec4f(0.0), y[i] <= vec4f(0.0)); }
  return dz;
}

@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>; // [tiles, (sum dz, sum dz (x - mean)), vectors]

// One workgroup: one tile of pixels.
@compute @workgroup_size(64)
fn tiles(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  let centre = mean[min(own.column, over.vectors - 1u)];
  var sum = vec4f(0.0);
  var moment = vec4f(0.0);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    let dz = masked(i);
    sum += dz;
    moment += dz * (x[i] - centre);
  }
  let tile_sum = sum_strips(sum, local, over.lanes, over.strips);
  let tile_moment = sum_strips(moment, local, over.lanes, over.strips);
  if (leads(own)) {
    partials[(2u * group.x) * over.vectors + own.column] = tile_sum;
    partials[(2u * group.x + 1u) * over.vectors + own.column] = tile_moment;
  }
}

@group(0) @binding(1) var<storage, read> tile_sums: array<vec4f>; // partials
@group(0) @binding(2) var<storage, read> spread: array<vec4f>; // inverse, or the running variance
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> made: array<vec4f>; // coefficients
@group(0) @binding(5) var<storage, read_write> dweight: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dbias: array<vec4f>;

// One workgroup: one vec4 of channels, all tiles.
@compute @workgroup_size(64)
fn finish(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let column = group.x;
  var sum = vec4f(0.0);
  var moment = vec4f(0.0);
  for (var tile = local; tile < over.tiles; tile += 64u) {
    let i = 2u * tile * over.vectors + column;
    sum += tile_sums[i];
    moment += tile_sums[i + over.vectors];
  }
  let all = sum_strips(sum, local, 1u, 64u);
  let all_moment = sum_strips(moment, local, 1u, 64u);
  if (local == 0u) {
    var inverse = spread[column];
    if (dims.running == 1u) { inverse = 1.0 / sqrt(inverse + EPSILON); }
    let portion = select(1.0 / f32(over.pixels), 0.0, dims.running == 1u);
    made[column] = weight[column] * inverse;
    made[over.vectors + column] = all * portion;
    made[2u * over.vectors + column] = all_moment * inverse * inverse * portion;
    var dw = all_moment * inverse;
    if (dims.accumulate_weight == 1u) { dw += dweight[column]; }
    dweight[column] = dw;
    var db = all;
    if (dims.accumulate_bias == 1u) { db += dbias[column]; }
    dbias[column] = db;
  }
}

@group(0) @binding(5) var<storage, read> coefficients: array<vec4f>; // [(scale, mean of dz, slope against x), vectors]
@group(0) @binding(6) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dresidual: array<vec4f>;

struct Line { scale: vec4f, offset: vec4f, slope: vec4f, centre: vec4f }

fn line(column: u32) -> Line {
  let vectors = dims.over.vectors;
  return Line(coefficients[column], coefficients[vectors + column], coefficients[2u * vectors + column], mean[column]);
}

fn write_dx(i: u32, dz: vec4f, map: Line) {
  var d = map.scale * (dz - map.offset - (x[i] - map.centre) * map.slope);
  if (ACCUMULATE) { d += dx[i]; }
  dx[i] = d;
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let map = line(own.column);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    write_dx(i, masked(i), map);
  }
}

@compute @workgroup_size(64)
fn backward_residual(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  if (own.first >= own.end) { return; }
  let map = line(own.column);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    let dz = masked(i);
    write_dx(i, dz, map);
    var d = dz;
    if (ACCUMULATE_RESIDUAL) { d += dresidual[i]; }
    dresidual[i] = d;
  }
}
