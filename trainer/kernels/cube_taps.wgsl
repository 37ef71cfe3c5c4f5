// The taps of geometry's equirectToCubeTaps (layout distill, bilinear, recipe paper), one map for each rotation: where
// each pixel of the faces B D F L R U of a rotated cube reads the panorama. A face pixel with ray f reads at Rᵀ f; the
// panorama wraps in longitude and goes on over a pole on the opposite meridian. A thread makes the four taps of a pixel.
struct Dims {
  height: u32, // of the panorama, even; its width is twice that
  size: u32, // of a face
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> rotations: array<f32>; // [maps, 9], by rows
@group(0) @binding(2) var<storage, read_write> index: array<vec4u>; // [maps, 6, size, size]
@group(0) @binding(3) var<storage, read_write> weight: array<vec4f>; // likewise

const PI = 3.14159265358979;

// atan(r), r in [0, 1], within 1e-7: odd minimax polynomial. WGSL's own may be off by 4096 ULP.
fn arc_of_ratio(r: f32) -> f32 {
  let s = r * r;
  var p = 0.0026222428;
  p = p * s - 0.015132529;
  p = p * s + 0.041121848;
  p = p * s - 0.07366705;
  p = p * s + 0.10573932;
  p = p * s - 0.14185975;
  p = p * s + 0.19990396;
  p = p * s - 0.33332986;
  return r + r * s * p;
}

// atan2(y, x) as quarter turns, -2 to 2, and the rest of at most an eighth, which keeps the last bits of a float32.
struct Arc { quarters: i32, rest: f32 }

fn arc(y: f32, x: f32) -> Arc { // 0 where both are 0
  let a = abs(x);
  let b = abs(y);
  var quarters = select(0, 1, b > a);
  var rest = arc_of_ratio(min(a, b) / max(max(a, b), 1e-30));
  rest = select(rest, -rest, b > a);
  quarters = select(quarters, 2 - quarters, x < 0.0);
  rest = select(rest, -rest, x < 0.0);
  return Arc(select(quarters, -quarters, y < 0.0), select(rest, -rest, y < 0.0));
}

// Ray of a position on a face, its component along the optical axis is 1.
fn face_ray(face: u32, a: f32, b: f32) -> vec3f {
  switch face {
    case 0u: { return vec3f(-a, b, -1.0); } // B
    case 1u: { return vec3f(a, 1.0, -b); } // D
    case 2u: { return vec3f(a, b, 1.0); } // F
    case 3u: { return vec3f(-1.0, b, a); } // L
    case 4u: { return vec3f(1.0, b, -a); } // R
    default: { return vec3f(a, -1.0, b); } // U
  }
}

// Row-major index of a pixel that may lie one row or column outside.
fn source(column: i32, row: i32) -> u32 {
  let height = i32(dims.height);
  let width = 2 * height;
  let over = row < 0 || row >= height;
  let inside = select(row, select(2 * height - 1 - row, -1 - row, row < 0), over);
  let turned = column + select(0, height, over) + width; // never below 0
  return u32(inside * width + turned % width);
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  let area = dims.size * dims.size;
  if (p >= 6u * area) { return; }
  let face = p / area;
  let within = p - face * area;
  let i = within / dims.size;
  let j = within - i * dims.size;
  let pitch = 2.0 / f32(dims.size);
  let ray = face_ray(face, (f32(j) + 0.5) * pitch - 1.0, (f32(i) + 0.5) * pitch - 1.0);
  let r = id.z * 9u;
  let right = vec3f(rotations[r], rotations[r + 3u], rotations[r + 6u]); // columns of R
  let down = vec3f(rotations[r + 1u], rotations[r + 4u], rotations[r + 7u]);
  let ahead = vec3f(rotations[r + 2u], rotations[r + 5u], rotations[r + 8u]);
  let d = vec3f(dot(right, ray), dot(down, ray), dot(ahead, ray));
  let lon = arc(d.x, d.z);
  let lat = arc(d.y, sqrt(d.x * d.x + d.z * d.z));
  let scale = f32(dims.height) / PI; // pixels of a radian, both ways
  let u = lon.rest * scale - 0.5;
  let v = lat.rest * scale - 0.5;
  let quarter = i32(dims.height / 2u); // pixels
  let column = (lon.quarters + 2) * quarter + i32(floor(u));
  let row = (lat.quarters + 1) * quarter + i32(floor(v));
  let x = u - floor(u);
  let y = v - floor(v);
  let at = vec4u(
    source(column, row),
    source(column + 1, row),
    source(column, row + 1),
    source(column + 1, row + 1),
  );
  let share = vec4f((1.0 - x) * (1.0 - y), x * (1.0 - y), (1.0 - x) * y, x * y);
  let to = id.z * 6u * area + p;
  let somewhere = dot(d, d) > 0.0; // a matrix that nobody wrote: all would read one pixel, and its row would be endless
  index[to] = select(vec4u(), at, somewhere);
  weight[to] = select(vec4f(), share, somewhere);
}
