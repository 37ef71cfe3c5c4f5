// pixel_shuffle: y[n, 2h + i, 2w + j, c] = x[n, h, w, 4c + 2i + j].        x, dx: [rows, W, inputs] vec4,
// y, dy: [2 rows, 2 W, over.vectors]. A vec4 of x is one channel of four pixels of y: a thread turns four of them into
// four channels of each. As in upsample_nearest a row of x becomes two rows of y, so image boundaries need no care.
struct Dims { over: Blocks, inputs: u32 } // over: x with its rows as images, but channels of y; inputs: vec4s of x = C
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Stored2>>;

// Index in y of the top left of the four pixels that come from a pixel of x.
fn top_left(over: Blocks, own: Share, pixel: u32) -> u32 {
  return (4u * own.image * over.pixels + 2u * pixel) * over.vectors + own.column;
}

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims; // read once, not in every turn of the loop
  let over = all.over;
  let own = share(over, group, local);
  let below = 2u * over.pixels * over.vectors;
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let source = (own.image * over.pixels + pixel) * all.inputs;
    var four: mat4x4f; // stays zero in the padding of y
    for (var k = 0u; k < 4u; k++) {
      let channel = 4u * own.column + k;
      if (channel < all.inputs) { four[k] = vec4f(x[source + channel]); }
    }
    let turned = transpose(four);
    let i = top_left(over, own, pixel);
    y[i] = vec4<Stored2>(turned[0]);
    y[i + over.vectors] = vec4<Stored2>(turned[1]);
    y[i + below] = vec4<Stored2>(turned[2]);
    y[i + below + over.vectors] = vec4<Stored2>(turned[3]);
  }
}

@group(0) @binding(1) var<storage, read> dy: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<Stored2>>;

// dx = or += the same numbers of dy
@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims;
  let over = all.over;
  let own = share(over, group, local);
  let below = 2u * over.pixels * over.vectors;
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = top_left(over, own, pixel);
    let four = mat4x4f(
      vec4f(dy[i]),
      vec4f(dy[i + over.vectors]),
      vec4f(dy[i + below]),
      vec4f(dy[i + below + over.vectors]),
    );
    var turned = transpose(four);
    let to = (own.image * over.pixels + pixel) * all.inputs;
    for (var k = 0u; k < 4u; k++) {
      let channel = 4u * own.column + k;
      if (channel >= all.inputs) { break; }
      var d = turned[k];
      if (ACCUMULATE) { d += vec4f(dx[to + channel]); }
      dx[to + channel] = vec4<Stored2>(d);
    }
  }
}
