// What a batch norm takes its statistics from, left by conv2d_tiles.wgsl while the numbers are in registers: mean and sum of
// squared deviations (m2) of each channel over the pixels of a workgroup. The mean comes first, the deviations are taken
// from it: sums of squares would cancel where the mean is large against the spread.
@group(0) @binding(6) var<storage, read_write> moments_of_parts: array<vec4f>; // [parts, (mean, m2), O / 4], a part is a workgroup's pixels

// The tiles, which nobody reads any more, have room for a vector of each thread.
const_assert COLUMNS <= 4u * DEPTH && ROWS <= 4u * DEPTH;

// a, b, c, d: what was stored for pixels local.y, + ROWS ... of the workgroup; 0 from the `count`th on, which do not exist.
fn keep_moments(local: vec3u, part: u32, count: u32, group: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  let exists = vec4u(local.y, local.y + ROWS, local.y + 2u * ROWS, local.y + 3u * ROWS) < vec4u(count);
  let none = vec4f(0);
  weights[local.y][local.x] = (a + b) + (c + d);
  workgroupBarrier();
  var mean = none;
  for (var row = 0u; row < ROWS; row++) { mean += weights[row][local.x]; }
  mean /= f32(max(count, 1u));
  let da = select(none, a - mean, exists.x);
  let db = select(none, b - mean, exists.y);
  let dc = select(none, c - mean, exists.z);
  let dd = select(none, d - mean, exists.w);
  pixels[local.x / 4u][local.x % 4u * ROWS + local.y] = (da * da + db * db) + (dc * dc + dd * dd);
  workgroupBarrier();
  if (local.y > 0u || count == 0u || group >= dims.target_groups) { return; }
  var m2 = none;
  for (var row = 0u; row < ROWS; row++) { m2 += pixels[local.x / 4u][local.x % 4u * ROWS + row]; }
  moments_of_parts[2u * part * dims.target_groups + group] = mean;
  moments_of_parts[(2u * part + 1u) * dims.target_groups + group] = m2;
}
