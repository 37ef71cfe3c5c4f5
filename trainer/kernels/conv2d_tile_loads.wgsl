// What a thread of conv2d_tiles.wgsl loads in a step: one or two vectors of pixels, and of weights, in every step of the same pixels,
// rows and columns. Integers are divided before the loop only, as a division takes as long as some twenty products. Outside of the
// image something else is read: after a branch, one load would wait for the other.
const TWO_PIXELS = 4u * DEPTH > COLUMNS;
const TWO_WEIGHTS = 4u * DEPTH > ROWS;
const_assert 4u * DEPTH == select(COLUMNS, 2u * COLUMNS, TWO_PIXELS);
const_assert 4u * DEPTH == select(ROWS, 2u * ROWS, TWO_WEIGHTS);

// One axis of a phase: taps first, first + step, ... (count of them) read source[a * scale + origin + j * direction] for target
// pixel phase + a * (stride of the phases), a < extent.
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

// A place on the line that is summed over, as digits: source group c of tap (jy, jx) of the phase.
struct Place { jy: u32, jx: u32, c: u32 }

// Of a phase without taps, whatever: nothing is summed.
fn place(k: u32, x: Axis) -> Place {
  let tap = k / dims.source_groups;
  let jy = tap / x.count;
  return Place(jy, tap - jy * x.count, k - tap * dims.source_groups);
}

// Adds digit by digit, with carries.
fn further(p: Place, step: Place, x: Axis) -> Place {
  let c = p.c + step.c;
  let tap = c >= dims.source_groups; // another one
  let jx = p.jx + step.jx + u32(tap);
  let line = jx >= x.count;
  return Place(p.jy + step.jy + u32(line), jx - select(0u, x.count, line), c - select(0u, dims.source_groups, tap));
}

// Where tap (0, 0) of a target pixel reads, perhaps outside of the image: row, column and index of the first group.
struct Corner { y: i32, x: i32, at: i32 }

const NOWHERE = -0x40000000; // a row from which no tap leads into an image

fn corner(index: u32, y: Axis, x: Axis) -> Corner {
  if (index >= dims.batch * y.extent * x.extent) { return Corner(NOWHERE, 0, 0); }
  let line = index / x.extent;
  let n = line / y.extent;
  let scale = select(dims.stride, 1u, TRANSPOSED);
  let top = i32((line - n * y.extent) * scale) + y.origin;
  let left = i32((index - line * x.extent) * scale) + x.origin;
  return Corner(top, left, ((i32(n * dims.source_height) + top) * i32(dims.source_width) + left) * i32(dims.source_groups));
}

fn load_pixel(pixel: Corner, p: Place, exists: bool) -> vec4f {
  let dy = select(i32(p.jy), -i32(p.jy), TRANSPOSED);
  let dx = select(i32(p.jx), -i32(p.jx), TRANSPOSED);
  let inside = exists & (u32(pixel.y + dy) < dims.source_height) & (u32(pixel.x + dx) < dims.source_width);
  let at = pixel.at + (dy * i32(dims.source_width) + dx) * i32(dims.source_groups) + i32(p.c);
  return select(vec4f(0), vec4f(source[select(0, at, inside)]), inside);
}

// Row r of the 4 x 4 weights between a source group and channel group `column` of the tile: 4 target channels of one source channel
// (forward), or 4 source channels of one target channel (TRANSPOSED). `at` counts from where the source group begins.
struct Row { r: u32, column: u32, exists: bool, at: u32 }

// Which source group of a step a thread takes its weights of, such that neighbours read neighbours in memory.
fn group_of_weights(thread: u32) -> u32 {
  return select(thread / COLUMNS * DEPTH / ROWS, thread % DEPTH, TRANSPOSED);
}

// The i-th row of a thread.
fn row_of_weights(thread: u32, i: u32, first_group: u32) -> Row {
  if (TRANSPOSED) {
    let line = thread / DEPTH + i * (THREADS / DEPTH);
    let group = first_group + line / 4u;
    return Row(line % 4u, line / 4u, group < dims.target_groups, (group * 4u + line % 4u) * dims.source_groups);
  }
  let r = (thread / COLUMNS * select(1u, 2u, TWO_WEIGHTS) + i) % 4u;
  let group = first_group + thread % COLUMNS;
  return Row(r, thread % COLUMNS, group < dims.target_groups, r * dims.target_groups + group);
}

// Where the weights of source group k begin, which is at place p.
fn weights_of(k: u32, p: Place, y: Axis, x: Axis) -> u32 {
  if (!TRANSPOSED) { return k * 4u * dims.target_groups; }
  let tap = (y.first + p.jy * y.step) * dims.kernel_width + x.first + p.jx * x.step;
  return tap * dims.target_groups * 4u * dims.source_groups + p.c;
}

fn load_weight(row: Row, first: u32, exists: bool) -> vec4f {
  let inside = exists & row.exists;
  return select(vec4f(0), weight[select(0u, first + row.at, inside)], inside);
}
