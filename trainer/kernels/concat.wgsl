// concat: y = [x1, x2, ...] along channels; one dispatch copies one input.        x, dx: [pixels, over.vectors] vec4,
// y, dy: [pixels, dims.vectors] vec4, of which the input has over.vectors from dims.offset on.
struct Dims { over: Blocks, vectors: u32, offset: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Stored2>>;

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims; // read once, not in every turn of the loop
  let over = all.over;
  let own = share(over, group, local);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    y[pixel * all.vectors + all.offset + own.column] = vec4<Stored2>(vec4f(x[at(over, own, pixel)]));
  }
}

@group(0) @binding(1) var<storage, read> dy: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<Stored2>>;

// dx = or += its channels of dy
@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims;
  let over = all.over;
  let own = share(over, group, local);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var d = vec4f(dy[pixel * all.vectors + all.offset + own.column]);
    if (ACCUMULATE) { d += vec4f(dx[i]); }
    dx[i] = vec4<Stored2>(d);
  }
}
