// upsample_nearest: y[n, h, w] = x[n, h / 2, w / 2].        x, dx: [rows, W, over.vectors] vec4, y, dy: [2 rows, 2 W, dims.vectors],
// of which x has over.vectors from dims.offset on: concat.ts joins others to it.
// A row of x, of whichever image, becomes two rows of y below each other: image boundaries need no care.
struct Dims {
  over: Blocks, // x with its rows as images
  vectors: u32,
  offset: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Stored2>>;

// Index in y of the top left of the four pixels that come from a pixel of x.
fn top_left(all: Dims, own: Share, pixel: u32) -> u32 {
  return (4u * own.image * all.over.pixels + 2u * pixel) * all.vectors + all.offset + own.column;
}

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims; // read once, not in every turn of the loop
  let over = all.over;
  let own = share(over, group, local);
  let below = 2u * over.pixels * all.vectors;
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let v = vec4<Stored2>(vec4f(x[at(over, own, pixel)]));
    let i = top_left(all, own, pixel);
    y[i] = v;
    y[i + all.vectors] = v;
    y[i + below] = v;
    y[i + below + all.vectors] = v;
  }
}

@group(0) @binding(1) var<storage, read> dy: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<Stored2>>;

// dx = or += the sum of the four
@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims; // read once, not in every turn of the loop
  let over = all.over;
  let own = share(over, group, local);
  let below = 2u * over.pixels * all.vectors;
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = top_left(all, own, pixel);
    var d = (vec4f(dy[i]) + vec4f(dy[i + all.vectors])) +
      (vec4f(dy[i + below]) + vec4f(dy[i + below + all.vectors]));
    if (ACCUMULATE) { d += vec4f(dx[at(over, own, pixel)]); }
    dx[at(over, own, pixel)] = vec4<Stored2>(d);
  }
}
