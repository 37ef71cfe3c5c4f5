// concat: y = [a, b] along channels.        a: [pixels, a_vectors] vec4, b, y and the gradients likewise
struct Dims { over: Blocks, a_vectors: u32 } // over: [pixels, vectors of y]
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  let of_a = dims.a_vectors;
  let of_b = over.vectors - of_a;
  if (own.column < of_a) {
    for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
      y[at(over, own, pixel)] = a[pixel * of_a + own.column];
    }
  } else {
    for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
      y[at(over, own, pixel)] = b[pixel * of_b + own.column - of_a];
    }
  }
}

struct Part { over: Blocks, vectors: u32, offset: u32 } // over: [pixels, vectors of dx]; vectors: of dy
@group(0) @binding(0) var<uniform> part: Part;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

// dx = or += its channels of dy, once for each input
@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = part.over;
  let own = share(over, group, local);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var d = dy[pixel * part.vectors + part.offset + own.column];
    if (ACCUMULATE) { d += dx[i]; }
    dx[i] = d;
  }
}
