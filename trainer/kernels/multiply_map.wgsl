// multiply_map: y[p, c] = x[p, c] * m[p].        x, y, dx, dy: [pixels, vectors] vec4, m, dm: [pixels] vec4 with the map in .x
struct Dims { pixels: u32, vectors: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>; // backward of x: dy
@group(0) @binding(2) var<storage, read> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<Stored3>>; // backward of x: dx

// y = or += x * m. The same entry point makes dx = or += dy * m.
@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = id.y * groups.x * 64u + id.x;
  if (pixel >= dims.pixels) { return; }
  let factor = m[pixel].x;
  for (var i = pixel * dims.vectors; i < (pixel + 1u) * dims.vectors; i++) {
    var v = vec4f(x[i]) * factor;
    if (dims.accumulate == 1u) { v += vec4f(y[i]); }
    y[i] = vec4<Stored3>(v);
  }
}

@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> dm: array<vec4f>;

// dm = or += sum over channels of dy * x
@compute @workgroup_size(64)
fn backward_map(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pixel = id.y * groups.x * 64u + id.x;
  if (pixel >= dims.pixels) { return; }
  var sum = 0.0;
  for (var i = pixel * dims.vectors; i < (pixel + 1u) * dims.vectors; i++) {
    sum += dot(vec4f(x[i]), vec4f(dy[i]));
  }
  if (dims.accumulate == 1u) { sum += dm[pixel].x; }
  dm[pixel] = vec4f(sum, 0.0, 0.0, 0.0);
}
