// First pass of the bias gradient: sums of one tile of pixels of dy; tile_sum adds the parts.
// dy: [pixels, vectors] vec4, partials: [parts, vectors] vec4.
@group(0) @binding(0) var<uniform> over: Blocks; // dy as a single image
@group(0) @binding(1) var<storage, read> dy: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>;

@compute @workgroup_size(64)
fn tiles(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = share(over, group, local);
  var sum = vec4f(0.0);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) { sum += vec4f(dy[at(over, own, pixel)]); }
  let all = sum_strips(sum, local, over.lanes, over.strips);
  if (keeps_part(over, own)) { partials[part(over, own, group.x) * over.vectors + own.column] = all; }
}
