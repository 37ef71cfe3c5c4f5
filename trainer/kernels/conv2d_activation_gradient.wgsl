// The gradient by a convolution's sums, from that by what it made of them; in the same pass the bias gradient's first half.
// y, dy, dz: [pixels, vectors] vec4, partials: [parts, vectors] vec4; tile_sum adds the parts.
// IN_PLACE: dz is where dy was, and the binding of dy a placeholder.
struct Dims {
  over: Blocks, // y as a single image
  activation: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> y: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> dz: array<vec4<Stored3>>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

// Returns the sum of the thread's pixels.
fn pass_on(over: Blocks, own: Share) -> vec4f {
  let kind = dims.activation;
  var sum = vec4f(0.0);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let i = at(over, own, pixel);
    var d = vec4f(dy[i]);
    if (IN_PLACE) { d = vec4f(dz[i]); }
    d = through(d, vec4f(y[i]), kind);
    dz[i] = vec4<Stored3>(d);
    sum += d;
  }
  return sum;
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  pass_on(over, share(over, group, local));
}

@compute @workgroup_size(64)
fn backward_biased(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  let all = sum_strips(pass_on(over, own), local, over.lanes, over.strips);
  if (keeps_part(over, own)) { partials[part(over, own, group.x) * over.vectors + own.column] = all; }
}
