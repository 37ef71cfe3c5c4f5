// conv2d for GPUs: COLUMNS x ROWS threads compute 4 ROWS pixels x 4 COLUMNS channels, each thread 4 x 4, from tiles in
// workgroup memory.
// The same two passes as conv2d.wgsl (see there): forward, and backward_input in stride * stride phases.
// What is summed over is the line of (tap, group of 4 source channels); a step takes DEPTH groups of it.
//
// Constants: COLUMNS and ROWS (8 or 16), DEPTH (2, 4 or 8: 8, 16 or 32 source channels a step; 4 DEPTH is COLUMNS or its double, and
// ROWS or its double), TRANSPOSED (false: forward, true: backward_input).
//
// Beside this text: conv2d_tile_loads.wgsl, conv2d_tile_products.wgsl, conv2d_epilogue.wgsl, and conv2d_moments.wgsl or
// conv2d_no_moments.wgsl.
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
  activation: u32, // see conv2d_activation.wgsl
  affine: u32, // see conv2d_epilogue.wgsl
  accumulate: u32, // 1: add to the target
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<vec4<Stored1>>; // [N, H, W, groups]
@group(0) @binding(5) var<storage, read> weight: array<vec4f>; // [KH, KW, I, O / 4]

fn convolve(local: vec3u, workgroup: vec3u, workgroups: vec3u) {
  let columns = (dims.target_groups + COLUMNS - 1u) / COLUMNS;
  let first_group = workgroup.z % columns * COLUMNS;
  let phase_y = workgroup.z / columns / dims.stride;
  let phase_x = workgroup.z / columns % dims.stride;
  let y = axis(phase_y, dims.target_height, dims.kernel_height, dims.padding_y);
  let x = axis(phase_x, dims.target_width, dims.kernel_width, dims.padding_x);
  let first_pixel = (workgroup.x + workgroup.y * workgroups.x) * PIXELS;
  let depth = y.count * x.count * dims.source_groups;
  let thread = local.y * COLUMNS + local.x;
  let k = thread % DEPTH; // neighbours in a channel line are neighbours in memory
  let pixel = thread / DEPTH;
  let other = pixel + THREADS / DEPTH;
  let corner0 = corner(first_pixel + pixel, y, x);
  let corner1 = corner(first_pixel + other, y, x);
  let weights_k = group_of_weights(thread); // TRANSPOSED: k
  let row0 = row_of_weights(thread, 0u, first_group);
  let row1 = row_of_weights(thread, 1u, first_group);
  let step = place(DEPTH, x);
  var p = place(k, x);
  for (var k0 = 0u; k0 < depth; k0 += DEPTH) {
    pixels[k][pixel] = load_pixel(corner0, p, k0 + k < depth);
    if (TWO_PIXELS) { pixels[k][other] = load_pixel(corner1, p, k0 + k < depth); }
    let first = weights_of(k0 + weights_k, p, y, x);
    weights[row0.r * DEPTH + weights_k][row0.column] = load_weight(row0, first, k0 + weights_k < depth);
    if (TWO_WEIGHTS) { weights[row1.r * DEPTH + weights_k][row1.column] = load_weight(row1, first, k0 + weights_k < depth); }
    p = further(p, step, x);
    workgroupBarrier();
    add_step(local);
    workgroupBarrier();
  }
  let group = first_group + local.x;
  let affine = affine_of(group);
  let y0 = write_pixel(first_pixel + local.y, group, sum0, affine, y, x, phase_y, phase_x);
  let y1 = write_pixel(first_pixel + local.y + ROWS, group, sum1, affine, y, x, phase_y, phase_x);
  let y2 = write_pixel(first_pixel + local.y + 2u * ROWS, group, sum2, affine, y, x, phase_y, phase_x);
  let y3 = write_pixel(first_pixel + local.y + 3u * ROWS, group, sum3, affine, y, x, phase_y, phase_x);
  let all = dims.batch * y.extent * x.extent;
  keep_moments(local, first_pixel / PIXELS, min(all - min(first_pixel, all), PIXELS), group, y0, y1, y2, y3);
}

// What is stored, or 0 where there is no such pixel or group.
fn write_pixel(index: u32, group: u32, sum: vec4f, affine: Affine, y: Axis, x: Axis, phase_y: u32, phase_x: u32) -> vec4f {
  if (index >= dims.batch * y.extent * x.extent || group >= dims.target_groups) { return vec4f(0); }
  let line = index / x.extent;
  let n = line / y.extent;
  let step = select(1u, dims.stride, TRANSPOSED);
  let ty = (line - n * y.extent) * step + phase_y;
  let tx = (index - line * x.extent) * step + phase_x;
  let at = ((n * dims.target_height + ty) * dims.target_width + tx) * dims.target_groups + group;
  return write_sum(at, sum, affine);
}

@compute @workgroup_size(COLUMNS, ROWS)
fn forward(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  convolve(local, workgroup, workgroups);
}

@compute @workgroup_size(COLUMNS, ROWS)
fn backward_input(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  convolve(local, workgroup, workgroups);
}
