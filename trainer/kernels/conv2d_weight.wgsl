// conv2d's weight gradient for software adapters with subgroups: dw[ky, kx, i, o] = sum over n, oy, ox of
// x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * dy[n, oy, ox, o].
// A matrix product: rows are (ky, kx, i), columns o, and what is summed over are pixels. Lanes run over columns, and a lane keeps
// VECTOR columns of ROWS * LANES groups of 4 rows. For a pixel each lane loads x of one other group, and all lanes hear all of them.
// Pixels are split into bands of lines; each writes its own part, and conv2d_sum adds the parts. The workgroups of a band follow each
// other, so that a band which fits into a cache is read from memory once.
//
// Before this text: `Stored2Lane` and conv2d_weight_rows.wgsl, whose product is dw here: [parts, KH, KW, I, O / VECTOR].
struct Dims {
  source_height: u32,
  source_width: u32,
  source_groups: u32,
  height: u32, // of dy
  width: u32,
  columns: u32, // channels of dy, padded
  kernel_height: u32,
  kernel_width: u32,
  stride: u32,
  padding_y: u32,
  padding_x: u32,
  lines: u32, // N * height
  parts: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>; // [N, H, W, I / 4]
@group(0) @binding(2) var<storage, read> dy: array<Stored2Lane>; // [N, H', W', O / VECTOR]

// What lane l's group of row tile m looks at: the source pixel of dy's pixel (0, 0), and the channel group.
struct Row {
  top: i32,
  left: i32,
  channel: u32,
}

var<private> rows: array<Row, ROWS>;
var<private> bases: array<i32, ROWS>; // index of the source pixel of a line's first pixel
var<private> edges: array<i32, ROWS>; // its column; far outside when the line is

fn find_row(m: u32, first: u32, lane: u32) {
  if (m < ROWS) {
    let last = dims.kernel_height * dims.kernel_width * dims.source_groups - 1u;
    let group = min(first + m * LANES + lane, last);
    let tap = group / dims.source_groups;
    rows[m].top = i32(tap / dims.kernel_width) - i32(dims.padding_y);
    rows[m].left = i32(tap % dims.kernel_width) - i32(dims.padding_x);
    rows[m].channel = group % dims.source_groups;
  }
}

fn find_line(m: u32, n: u32, top: u32) {
  if (m < ROWS) {
    let y = i32(top) + rows[m].top;
    edges[m] = select(-0x10000000, rows[m].left, u32(y) < dims.source_height);
    let pixel = (i32(n * dims.source_height) + y) * i32(dims.source_width) + rows[m].left;
    bases[m] = pixel * i32(dims.source_groups) + i32(rows[m].channel);
  }
}

fn input_at(m: u32, left: u32) -> vec4f {
  let inside = u32(edges[m] + i32(left)) < dims.source_width;
  let at = u32(bases[m]) + left * dims.source_groups;
  return select(vec4f(0), vec4f(x[select(0u, at, inside)]), inside);
}

fn load_inputs(m: u32, left: u32) {
  if (m < ROWS) {
    ones[m] = input_at(m, left);
    others[m] = input_at(m, left + dims.stride);
  }
}

// Groups of 4 channels of x and dy, 16 bytes each, from which on their lines are touched. With half of it that cost 5 % of the time.
const FAR = 65536u;
const INPUT_CHUNKS = u32(LANES / 4); // of 64 bytes, of what the lanes load of a pixel of x
const SLOPE_CHUNKS = u32(max(LANES * VECTOR / 16, 1)); // and of dy

var<private> seen: u32; // what touches read, see unseen()

// Asks for the cache lines of a line of x, each lane for another one; see conv2d_channels.wgsl.
fn touch_inputs(m: u32, lane: u32, pixels: u32) {
  if (m >= ROWS) { return; }
  let base = u32(subgroupBroadcast(bases[m], 0u));
  for (var k = lane; k < pixels * INPUT_CHUNKS; k += u32(LANES)) {
    let at = base + k / INPUT_CHUNKS * dims.stride * dims.source_groups + k % INPUT_CHUNKS * 4u;
    seen ^= bitcast<u32>(f32(x[at].x));
  }
}

// The same of dy.
fn touch_slopes(first: u32, lane: u32, pixels: u32, stride: u32) {
  for (var k = lane; k < pixels * SLOPE_CHUNKS; k += u32(LANES)) {
    let value = Lane(dy[first + k / SLOPE_CHUNKS * stride + k % SLOPE_CHUNKS * 16u / VECTOR]);
    seen ^= bitcast<u32>(first_channel(value));
  }
}

// 0, see conv2d_channels.wgsl.
fn unseen() -> u32 {
  return select(0u, seen, dims.stride == 0u);
}

// Loops in the innermost body are written out, see conv2d.wgsl.
@compute @workgroup_size(LANES)
fn backward_weight(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let part = workgroup.z;
  let column = workgroup.x * LANES + local.x;
  let stride = dims.columns / VECTOR;
  let column_at = min(column, stride - 1u);
  let first = workgroup.y * ROWS * LANES;
  find_row(0u, first, local.x);
  find_row(1u, first, local.x);
  find_row(2u, first, local.x);
  // With 3x3 taps touching x took a tenth more time: most of it is at hand from the tap before.
  let far = dims.kernel_height * dims.kernel_width == 1u && dims.lines * dims.width * (dims.source_groups + dims.columns / 4u) >= FAR;
  let touched = select(0u, dims.width, far);
  let to = (part + 1u) * dims.lines / dims.parts;
  var line = part * dims.lines / dims.parts;
  if (line < to) {
    loop {
      let n = line / dims.height;
      let top = (line - n * dims.height) * dims.stride;
      find_line(0u, n, top);
      find_line(1u, n, top);
      find_line(2u, n, top);
      touch_inputs(0u, local.x, touched);
      touch_inputs(1u, local.x, touched);
      touch_inputs(2u, local.x, touched);
      touch_slopes(line * dims.width * stride + workgroup.x * LANES, local.x, touched, stride);
      var ox = 0u;
      loop {
        let at = (line * dims.width + ox) * stride + column_at;
        let last = ox + 1u == dims.width;
        let d = Lane(dy[at]);
        let e = Lane(dy[at + select(stride, 0u, last)]) * select(1.0, 0.0, last);
        load_inputs(0u, ox * dims.stride);
        load_inputs(1u, ox * dims.stride);
        load_inputs(2u, ox * dims.stride);
        add_all(0u, d, e);
        add_all(1u, d, e);
        add_all(2u, d, e);
        continuing {
          ox += 2u;
          break if ox >= dims.width;
        }
      }
      continuing {
        line++;
        break if line >= to;
      }
    }
  }
  let block = Block(part + unseen(), dims.kernel_height * dims.kernel_width * dims.source_groups, stride, first, column);
  write_all(block, 0u);
  write_all(block, 1u);
  write_all(block, 2u);
}
