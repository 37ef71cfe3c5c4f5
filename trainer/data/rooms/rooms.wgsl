// rooms: ray casting of furnished scenes. One workgroup is one 16x16 tile of one view; the bodies that can be seen in a
// tile and the bodies that can shade a direction of a light are listed by the host (tiles.ts, light_grid.ts).
// World frame: x right, y DOWN, z forward, metres. rgb: [N, H, W, 4] sRGB in 0..1, 4th channel 0. distance: [N, H, W]
// metres along the ray, 0 where invalid. valid: [N, H, W] 1 or 0. labels: [N, H, W] bit 0 sky or out of range, bit 1 watermark, bit 2 sky.

struct Size { width: u32, height: u32, samples: u32, rgb: u32, distance: u32, valid: u32, labels: u32 }
@group(0) @binding(0) var<uniform> size: Size;
@group(0) @binding(1) var<storage, read> data: array<vec4f>;
@group(0) @binding(2) var<storage, read> lists: array<u32>;
@group(0) @binding(3) var<storage, read_write> raw: array<vec4f>; // [N, H, W, 4], before softening
@group(0) @binding(4) var<storage, read_write> distance_out: array<f32>;
@group(0) @binding(5) var<storage, read_write> valid: array<f32>;
@group(0) @binding(6) var<storage, read_write> labels: array<u32>;
@group(0) @binding(7) var<storage, read_write> rgb: array<vec4f>;

const PI = 3.14159265;
const FAR = 1e9;

struct View {
  origin: vec3f, projection: f32, row0: vec3f, tan_half: f32, row1: vec3f, range: f32, row2: vec3f, footprint: f32,
  look: u32, materials: u32, bodies: u32, lights: u32, light_count: u32, tiles: u32, tiles_x: u32, seed: u32,
}

fn load_view(n: u32) -> View {
  let b = n * 6u;
  let a0 = data[b]; let a1 = data[b + 1u]; let a2 = data[b + 2u]; let a3 = data[b + 3u];
  let a4 = vec4u(data[b + 4u]); let a5 = vec4u(data[b + 5u]);
  return View(a0.xyz, a0.w, a1.xyz, a1.w, a2.xyz, a2.w, a3.xyz, a3.w, a4.x, a4.y, a4.z, a4.w, a5.x, a5.y, a5.z, a5.w);
}

// ---- hashes and value noise ----

fn hash(x: u32) -> u32 {
  var h = x;
  h ^= h >> 16u; h *= 0x7feb352du; h ^= h >> 15u; h *= 0x846ca68bu; h ^= h >> 16u;
  return h;
}
fn unit(h: u32) -> f32 { return f32(h >> 8u) * (1.0 / 16777216.0); }
fn corner(c: vec3i) -> u32 {
  return (u32(c.x) * 0x8da6b343u) ^ (u32(c.y) * 0xd8163841u) ^ (u32(c.z) * 0xcb1ab31fu);
}
fn quick(x: u32) -> f32 {
  var h = x * 0x9e3779b1u;
  h ^= h >> 15u; h *= 0x846ca68bu;
  return f32(h >> 8u) * (1.0 / 16777216.0);
}
// value noise in 0..1
fn noise(p: vec3f) -> f32 {
  let f = floor(p);
  let w = p - f;
  let s = w * w * (3.0 - 2.0 * w);
  let i = vec3i(f);
  let x0 = u32(i.x) * 0x8da6b343u; let x1 = x0 + 0x8da6b343u;
  let y0 = u32(i.y) * 0xd8163841u; let y1 = y0 + 0xd8163841u;
  let z0 = u32(i.z) * 0xcb1ab31fu; let z1 = z0 + 0xcb1ab31fu;
  let a = mix(quick(x0 ^ y0 ^ z0), quick(x1 ^ y0 ^ z0), s.x);
  let b = mix(quick(x0 ^ y1 ^ z0), quick(x1 ^ y1 ^ z0), s.x);
  let c = mix(quick(x0 ^ y0 ^ z1), quick(x1 ^ y0 ^ z1), s.x);
  let d = mix(quick(x0 ^ y1 ^ z1), quick(x1 ^ y1 ^ z1), s.x);
  return mix(mix(a, b, s.y), mix(c, d, s.y), s.z);
}

// ---- bodies ----

struct Hit { t: f32, id: u32, family: u32 }
struct Span { near: f32, far: f32 }

fn safe(d: vec3f) -> vec3f { return select(d, vec3f(1e-7), abs(d) < vec3f(1e-7)); }

// unit box |y|, |z| <= 1 whose right side is x + a (1 - y) <= 1 and left side -x + b (1 - y) <= 1; e = (a, b)
fn poly(o: vec3f, d: vec3f, e: vec2f) -> Span {
  let i = 1.0 / d;
  let t0 = (-1.0 - o) * i;
  let t1 = (1.0 - o) * i;
  let lo = min(t0, t1);
  let hi = max(t0, t1);
  let nd = vec2f(d.x - e.x * d.y, -d.x - e.y * d.y);
  let no = vec2f(o.x - e.x * o.y, -o.x - e.y * o.y);
  let t = (1.0 - e - no) / select(nd, vec2f(1e-7), abs(nd) < vec2f(1e-7));
  let enter = select(vec2f(-FAR), t, nd < vec2f(0.0));
  let leave = select(vec2f(FAR), t, nd >= vec2f(0.0));
  return Span(max(max(lo.y, lo.z), max(enter.x, enter.y)), min(min(hi.y, hi.z), min(leave.x, leave.y)));
}

// x^2 + z^2 <= A + B y + C y^2 with |y| <= 1; q = (A, B, C)
fn quadric(o: vec3f, d: vec3f, q: vec3f) -> Span {
  let s0 = (-1.0 - o.y) / d.y;
  let s1 = (1.0 - o.y) / d.y;
  let lo = min(s0, s1);
  let hi = max(s0, s1);
  var a = d.x * d.x + d.z * d.z - q.z * d.y * d.y;
  a = select(a, 1e-9, abs(a) < 1e-9);
  let b = o.x * d.x + o.z * d.z - q.z * o.y * d.y - 0.5 * q.y * d.y;
  let c = o.x * o.x + o.z * o.z - q.x - q.y * o.y - q.z * o.y * o.y;
  let disc = b * b - a * c;
  let r = sqrt(max(disc, 0.0));
  let t0 = (-b - r) / a;
  let t1 = (-b + r) / a;
  // a < 0: the ray is steeper than the cone, the inside is before t1 or after t0 (t1 < t0)
  let before = min(hi, t1);
  let outside = a < 0.0;
  let near = select(max(lo, t0), select(max(lo, t0), lo, before > lo), outside);
  let far = select(min(hi, t1), select(hi, before, before > lo), outside);
  return Span(near, select(far, -FAR, disc < 0.0 && !outside));
}

// Whether a foliage surface point is leaf. p: metres, local; size: metres of a clump; facing: 1 in the middle of the ball, 0 at its
// outline, where only a few leaves stick out.
fn leafy(p: vec3f, size: f32, facing: f32, density: f32) -> bool {
  let big = noise(p * (2.6 / size));
  let small = quick(corner(vec3i(floor(p * (11.0 / size)))));
  return 0.6 * big + 0.4 * small < density * (0.28 + 1.05 * facing);
}

fn trace(o: vec3f, d: vec3f, bodies: u32, tile: u32) -> Hit {
  var hit = Hit(FAR, 0u, 3u);
  var i = lists[tile];
  let end0 = i + lists[tile + 1u];
  let end1 = end0 + lists[tile + 2u];
  let end2 = end1 + lists[tile + 3u];
  for (; i < end0; i++) {
    let id = lists[i];
    let b = bodies + id * 5u;
    let r0 = data[b]; let r1 = data[b + 1u]; let r2 = data[b + 2u]; let e = data[b + 3u];
    let lo = vec3f(dot(r0.xyz, o) + r0.w, dot(r1.xyz, o) + r1.w, dot(r2.xyz, o) + r2.w);
    let ld = vec3f(dot(r0.xyz, d), dot(r1.xyz, d), dot(r2.xyz, d));
    let s = poly(lo, safe(ld), e.xy);
    let closer = s.near < s.far && s.near > 1e-3 && s.near < hit.t;
    hit.t = select(hit.t, s.near, closer);
    hit.id = select(hit.id, id, closer);
    hit.family = select(hit.family, 0u, closer);
  }
  for (; i < end1; i++) {
    let id = lists[i];
    let b = bodies + id * 5u;
    let r0 = data[b]; let r1 = data[b + 1u]; let r2 = data[b + 2u]; let e = data[b + 3u];
    let lo = vec3f(dot(r0.xyz, o) + r0.w, dot(r1.xyz, o) + r1.w, dot(r2.xyz, o) + r2.w);
    let ld = vec3f(dot(r0.xyz, d), dot(r1.xyz, d), dot(r2.xyz, d));
    let s = quadric(lo, safe(ld), e.xyz);
    let closer = s.near < s.far && s.near > 1e-3 && s.near < hit.t;
    hit.t = select(hit.t, s.near, closer);
    hit.id = select(hit.id, id, closer);
    hit.family = select(hit.family, 1u, closer);
  }
  for (; i < end2; i++) {
    let id = lists[i];
    let b = bodies + id * 5u;
    let r0 = data[b]; let r1 = data[b + 1u]; let r2 = data[b + 2u]; let e = data[b + 3u];
    let h = data[b + 4u];
    let lo = vec3f(dot(r0.xyz, o) + r0.w, dot(r1.xyz, o) + r1.w, dot(r2.xyz, o) + r2.w);
    let ld = safe(vec3f(dot(r0.xyz, d), dot(r1.xyz, d), dot(r2.xyz, d)));
    let s = quadric(lo, ld, vec3f(1.0, 0.0, -1.0));
    let shift = fract(abs(h.w)) * 61.0;
    let size = clamp(h.x * 0.45, 0.12, 1.2);
    let chord = (s.far - s.near) * 0.5;
    let facing = chord * length(ld);
    let front = leafy((lo + s.near * ld) * h.xyz + shift, size, facing, e.x);
    // the far side of the ball, seen through a hole: coarse leaves
    let behind = floor(((lo + s.far * ld) * h.xyz + shift) * (5.0 / size));
    let back = quick(corner(vec3i(behind))) < e.x * (0.28 + 1.05 * facing);
    let t = select(s.far, s.near, front && s.near > 1e-3);
    let closer = s.near < s.far && (front || back) && t > 1e-3 && t < hit.t;
    hit.t = select(hit.t, t, closer);
    hit.id = select(hit.id, id, closer);
    hit.family = select(hit.family, 2u, closer);
  }
  return hit;
}

// ---- light ----

// Share of a light that a caster hides: the gap between the line and the body, against the width of the penumbra.
fn hidden(gap: f32, width: f32, middle: f32) -> f32 {
  return (1.0 - smoothstep(-width, width, gap)) * min(1.0, middle / width);
}

fn octahedral(d: vec3f) -> vec2f {
  let p = d.xz / (abs(d.x) + abs(d.y) + abs(d.z));
  let q = (1.0 - abs(p.yx)) * select(vec2f(-1.0), vec2f(1.0), p >= vec2f(0.0));
  return select(p, q, d.y > 0.0) * 0.5 + 0.5;
}

// What of light l reaches p (0..1); to: unit direction to the light, reach: distance to it.
// Nothing is looked up where it is not worth it.
fn lit(p: vec3f, to: vec3f, reach: f32, l: u32, radius: f32, bodies: u32, self_id: u32, worth: bool, base_width: f32) -> f32 {
  let g = data[l + 3u];
  let n = u32(g.y);
  let sun = data[l].w > 0.5;
  let u = data[l + 4u];
  let v = data[l + 5u];
  let at = select(octahedral(-to), vec2f(dot(u.xyz, p) + u.w, dot(v.xyz, p) + v.w), sun);
  let inside = all(at >= vec2f(0.0)) && all(at < vec2f(1.0));
  let cell = vec2u(clamp(at, vec2f(0.0), vec2f(0.9999)) * g.y);
  let base = u32(g.z);
  let head = base + u32(g.x) + 2u * (cell.y * n + cell.x);
  var i = base + lists[head];
  let counts = select(0u, lists[head + 1u], inside && worth);
  let end0 = i + (counts & 0xffffu);
  let end1 = end0 + (counts >> 16u);
  var light = 1.0;
  for (; i < end0; i++) {
    let id = lists[i];
    let b = bodies + id * 5u;
    let r0 = data[b]; let r1 = data[b + 1u]; let r2 = data[b + 2u];
    let h = data[b + 4u].xyz;
    let o = h * vec3f(dot(r0.xyz, p) + r0.w, dot(r1.xyz, p) + r1.w, dot(r2.xyz, p) + r2.w);
    let m = 1.0 / safe(h * vec3f(dot(r0.xyz, to), dot(r1.xyz, to), dot(r2.xyz, to)));
    let c = -o * m;
    let a = abs(m);
    let k = a * h;
    let gaps = (abs(c - c.yzx) - k - k.yzx) / (a + a.yzx);
    let gap = max(gaps.x, max(gaps.y, gaps.z));
    let e = max(gap, 0.0) + 1e-4;
    let t0 = c - k - a * e;
    let t1 = c + k + a * e;
    let near = max(t0.x, max(t0.y, t0.z));
    let far = min(t1.x, min(t1.y, t1.z));
    let width = radius * max(near, 0.0) / reach + base_width;
    let middle = max(min(h.x, h.y), min(max(h.x, h.y), h.z));
    let on = far > 0.003 && near < reach && id != self_id;
    light *= 1.0 - select(0.0, hidden(gap, width, middle), on);
  }
  for (; i < end1; i++) {
    let id = lists[i];
    let b = bodies + id * 5u;
    let r0 = data[b]; let r1 = data[b + 1u]; let r2 = data[b + 2u]; let q = data[b + 3u];
    let h = data[b + 4u].xyz;
    let o = vec3f(dot(r0.xyz, p) + r0.w, dot(r1.xyz, p) + r1.w, dot(r2.xyz, p) + r2.w);
    let d = safe(vec3f(dot(r0.xyz, to), dot(r1.xyz, to), dot(r2.xyz, to)));
    let s0 = (-1.0 - o.y) / d.y;
    let s1 = (1.0 - o.y) / d.y;
    let flat = min(q.z, 0.0);
    let a = d.x * d.x + d.z * d.z - flat * d.y * d.y;
    let lo = max(min(s0, s1), 0.0);
    let hi = min(max(s0, s1), reach);
    let t = clamp(-(o.x * d.x + o.z * d.z - flat * o.y * d.y) / max(a, 1e-9), lo, max(lo, hi));
    let c = o + t * d;
    let profile = sqrt(max(q.x + q.y * c.y + q.z * c.y * c.y, 0.0));
    let r = min(h.x, h.z);
    let gap = (length(c.xz) - profile) * r;
    let on = lo < hi && id != self_id && t > 0.003;
    light *= 1.0 - select(0.0, hidden(gap, radius * t / reach + base_width, max(r, min(h.y, r * 2.0))), on);
  }
  return light;
}

// ---- sky ----

fn sky(d: vec3f, look: u32) -> vec3f {
  let zenith = data[look]; let horizon = data[look + 1u]; let below = data[look + 2u]; let sun = data[look + 3u];
  let line = data[look + 9u];
  let h = -d.y;
  let up = clamp(h, 0.0, 1.0);
  var c = mix(horizon.xyz, zenith.xyz, pow(up, 0.55));
  let q = vec3f(d.xz / (up + 0.18) * 1.3, below.w * 10.0);
  let cover = 0.6 * noise(q) + 0.28 * noise(q * 2.3 + 7.0) + 0.12 * noise(q * 5.1 + 3.0);
  let cloud = smoothstep(0.75 - below.w * 0.6, 1.0 - below.w * 0.45, cover);
  c = mix(c, horizon.xyz * 0.45 + vec3f(0.75) * dot(horizon.xyz, vec3f(0.3)), cloud * smoothstep(0.0, 0.25, up));
  let s = max(dot(d, sun.xyz), 0.0);
  c += sun.w * vec3f(1.0, 0.9, 0.75) * (0.25 * pow(s, 6.0) + 0.8 * pow(s, 60.0) + 30.0 * smoothstep(1.0 - zenith.w, 1.0 - 0.5 * zenith.w, s));
  // a far skyline, then the ground
  let turn = atan2(d.x, d.z);
  let ridge = line.w * (0.5 * noise(vec3f(cos(turn) * 5.0, sin(turn) * 5.0, 1.5)) + 0.5 * noise(vec3f(cos(turn) * 21.0, sin(turn) * 21.0, 4.5))) - 0.002;
  c = mix(c, line.xyz * (0.7 + 0.6 * noise(d * 60.0)), 1.0 - smoothstep(ridge - 0.01, ridge + 0.01, h));
  c = mix(c, below.xyz, 1.0 - smoothstep(-0.04, -0.01, h));
  return c;
}

// ---- surface ----

struct Surface { albedo: vec3f, emission: f32, gloss: f32, bump: f32, grain: f32 }

// The one procedural material: cells (planks, tiles, bricks, books, facade windows) with joints, over noise at two scales.
// uv, p: metres. wide: size of a pixel on the surface, metres.
fn surface(m: u32, uv: vec2f, p: vec3f, wide: f32, seed: f32) -> Surface {
  let m0 = data[m]; let m1 = data[m + 1u]; let m2 = data[m + 2u]; let m3 = data[m + 3u]; let m4 = data[m + 4u]; let m5 = data[m + 5u];
  let v = uv.y / m3.y;
  let row = floor(v);
  let random_row = quick(u32(i32(row)) * 747796405u + u32(seed * 4096.0)) * 7.0;
  let u = uv.x / m3.x + select(row * m3.z, random_row, m3.z > 1.5);
  let column = floor(u);
  let cell = hash((u32(i32(column)) * 0x8da6b343u) ^ (u32(i32(row)) * 0xd8163841u) ^ u32(seed * 65536.0));
  let vary = unit(cell);
  let pf = vec2f(u - column, v - row);
  let edge = min(min(pf.x, 1.0 - pf.x) * m3.x, min(pf.y, 1.0 - pf.y) * m3.y);
  let soft = 0.5 * wide + 1e-4;
  let joint = (1.0 - smoothstep(m2.w - soft, m2.w + soft, edge)) * min(1.0, 2.5 * m2.w / (soft + m2.w)) * step(1e-6, m2.w);
  let offset = vec3f(seed * 17.0, vary * 9.0 * m3.w, seed * 31.0);
  let q = vec3f(p.x / m5.x, p.y, p.z);
  let s = vec3f(uv.x / m5.x, uv.y, 0.0);
  let stretched = select(q, s, m5.x > 1.01);
  let near1 = clamp(1.2 - m4.x * wide, 0.0, 1.0);
  let near2 = clamp(1.2 - m4.z * wide, 0.0, 1.0);
  let n1 = (noise(stretched * m4.x + offset) - 0.5) * near1;
  let n2 = (noise(stretched * m4.z + offset.yzx) - 0.5) * near2;
  let slow = noise(p * 0.35 + offset.zxy) - 0.5;
  let far_cells = clamp(1.5 - wide / max(min(m3.x, m3.y), 0.001), 0.0, 1.0);
  let blend = clamp(0.5 + m4.y * n1 * 2.0 + m3.w * (vary - 0.5) * 1.4 * far_cells, 0.0, 1.0);
  var c = mix(m0.xyz, m1.xyz, blend);
  let tint = vec3f(unit(hash(cell + 1u)), unit(hash(cell + 2u)), unit(hash(cell + 3u)));
  c = mix(c, tint * tint * (0.3 + vary), m5.y * far_cells);
  c *= 1.0 + m4.w * 2.0 * n2 + 0.22 * slow * min(1.0, m4.y + m4.w);
  c = mix(c, m2.xyz, joint);
  return Surface(max(c, vec3f(0.003)), m1.w, m0.w * (1.0 - joint), m5.z, n2 + n1 * 0.5);
}

fn srgb(c: vec3f) -> vec3f {
  return select(1.055 * pow(max(c, vec3f(1e-6)), vec3f(1.0 / 2.4)) - 0.055, 12.92 * c, c < vec3f(0.0031308));
}

// Linear radiance that comes along the ray.
fn shade(view: View, o: vec3f, d: vec3f, hit: Hit) -> vec3f {
  let look = view.look;
  let back = sky(d, look);
  let found = hit.family < 3u;
  let t = select(1.0, hit.t, found);
  let b = view.bodies + hit.id * 5u;
  let r0 = data[b]; let r1 = data[b + 1u]; let r2 = data[b + 2u]; let e = data[b + 3u]; let h = data[b + 4u];
  let p = o + t * d;
  let l = vec3f(dot(r0.xyz, p) + r0.w, dot(r1.xyz, p) + r1.w, dot(r2.xyz, p) + r2.w);
  let round = hit.family != 0u;

  // which face, and the local normal
  let fa = abs(l.x - e.x * l.y - (1.0 - e.x)) * h.x;
  let fb = abs(-l.x - e.y * l.y - (1.0 - e.y)) * h.x;
  let fy = abs(abs(l.y) - 1.0) * h.y;
  let fz = abs(abs(l.z) - 1.0) * h.z;
  let is_y = fy <= min(min(fa, fb), fz);
  let is_z = !is_y && fz <= min(fa, fb);
  var nl = select(vec3f(-1.0, -e.y, 0.0), vec3f(1.0, -e.x, 0.0), fa < fb);
  nl = select(nl, vec3f(0.0, 0.0, sign(l.z)), is_z);
  nl = select(nl, vec3f(0.0, sign(l.y), 0.0), is_y);
  let cap = abs(abs(l.y) - 1.0) * h.y < abs(length(l.xz) - sqrt(max(e.x + e.y * l.y + e.z * l.y * l.y, 0.0))) * h.x && hit.family == 1u;
  let q = select(e.xyz, vec3f(1.0, 0.0, -1.0), hit.family == 2u);
  let nq = select(vec3f(l.x, -0.5 * q.y - q.z * l.y, l.z), vec3f(0.0, sign(l.y), 0.0), cap);
  nl = select(nl, nq, round);
  var n = normalize(r0.xyz * nl.x + r1.xyz * nl.y + r2.xyz * nl.z);
  n = select(n, -n, dot(n, d) > 0.0);

  let metric = l * h.xyz;
  let seed = fract(abs(h.w));
  let fixed_to_world = h.w < 0.0;
  let pm = select(metric, p, fixed_to_world);
  let an = abs(n);
  let face_y = select(is_y, an.y > 0.7, fixed_to_world);
  let face_z = select(is_z, an.z >= an.x, fixed_to_world);
  var uv = select(select(pm.zy, pm.xy, face_z), pm.xz, face_y);
  uv = select(uv, vec2f(atan2(l.x, l.z) * max(h.x, h.z), metric.y), round && !cap && !fixed_to_world);
  uv = select(uv, metric.xz, cap);
  let slant = max(abs(dot(n, d)), 0.08);
  let wide = t * view.footprint / sqrt(slant);
  let s = surface(view.materials + u32(e.w) * 6u, uv, pm, wide, seed);

  // roughness of the surface as a tilt of the normal
  let tilt = s.bump * s.grain;
  n = normalize(n + tilt * vec3f(quick(corner(vec3i(floor(pm * 13.0)))) - 0.5, quick(corner(vec3i(floor(pm * 13.0 + 5.0)))) - 0.5, quick(corner(vec3i(floor(pm * 13.0 + 9.0)))) - 0.5) * 4.0);
  let rough = select(0.0, 1.0, hit.family == 2u);
  let jitter = vec3f(quick(corner(vec3i(floor(pm * 19.0)))), quick(corner(vec3i(floor(pm * 19.0 + 3.3)))), quick(corner(vec3i(floor(pm * 19.0 + 6.1))))) - 0.5;
  n = normalize(n + rough * 1.1 * jitter);

  // ambient light, darker in the corners of rooms
  let up_light = data[look + 4u]; let down_light = data[look + 5u];
  var open = 1.0;
  let rooms = u32(down_light.w);
  for (var i = 0u; i < rooms; i++) {
    let lo = data[look + 11u + 2u * i].xyz;
    let hi = data[look + 12u + 2u * i].xyz;
    let inside = all(p > lo - 0.02) && all(p < hi + 0.02);
    let a = (0.5 - 0.5 * n) * exp(-max(p - lo, vec3f(0.0)) * 2.2);
    let c = (0.5 + 0.5 * n) * exp(-max(hi - p, vec3f(0.0)) * 2.2);
    // the wall the point lies on has n towards the room: weight 0
    let dark = (1.0 - up_light.w * a) * (1.0 - up_light.w * c);
    open *= select(1.0, dark.x * dark.y * dark.z, inside);
  }
  var light = vec3f(0.0);
  var shine = vec3f(0.0);
  for (var i = 0u; i < view.light_count; i++) {
    let at = view.lights + i * 6u;
    let l0 = data[at]; let l1 = data[at + 1u]; let l2 = data[at + 2u];
    // the first light is none: it says how open the place is towards above, for the ambient light
    let over = i == 0u;
    let away = l0.xyz - p;
    let sun = l0.w > 0.5;
    let reach = select(select(max(length(away), 0.05), 200.0, sun), 2.5, over);
    let to = select(away / reach, l0.xyz, sun);
    let facing = dot(n, to);
    let wrap = select(0.0, 0.35, hit.family == 2u);
    let cosine = max((facing + wrap) / (1.0 + wrap), 0.0);
    let fall = select(1.0 / (0.3 + reach * reach), 1.0, sun);
    let beam = mix(1.0, max(-dot(to, l2.xyz), 0.0), l2.w);
    let most = l1.xyz * (fall * beam);
    let worth = found && (over || (cosine > 0.0 && max(most.x, max(most.y, most.z)) > 0.02 * up_light.x));
    let reached = lit(p + n * 0.004, to, reach, at, l1.w, view.bodies, hit.id, worth, select(0.004, 0.2, over));
    open *= select(1.0, 0.3 + 0.7 * reached, over);
    let strength = most * reached;
    // first bounce off the surfaces around the light, unshadowed
    let bounce = select(0.0, up_light.w * (0.6 + 0.4 * facing) / (1.5 + reach * reach), !sun);
    light += strength * cosine + l1.xyz * bounce * open;
    let half_way = normalize(to - d);
    shine += strength * pow(max(dot(n, half_way), 0.0), mix(8.0, 90.0, s.gloss)) * step(0.0, facing);
  }
  light += mix(up_light.xyz, down_light.xyz, 0.5 + 0.5 * n.y) * open;
  var c = s.albedo * light + shine * s.gloss * 0.7;
  // a mirror-like floor or pane shows what the sky or the room looks like in that direction
  let mirror = s.gloss * s.gloss * (0.04 + 0.5 * pow(1.0 - slant, 4.0));
  c = mix(c, mix(up_light.xyz, down_light.xyz, 0.4) * 0.9, mirror);
  c = c + s.albedo * s.emission;
  let haze = data[look + 1u];
  let fog = 1.0 - exp(-t * haze.w);
  c = mix(c, haze.xyz, fog);
  return select(back, c, found);
}

fn ray(view: View, at: vec2f) -> vec3f {
  let w = vec2f(f32(size.width), f32(size.height));
  let q = at / w - 0.5;
  let theta = q.x * 2.0 * PI;
  let phi = q.y * PI;
  let sphere = vec3f(cos(phi) * sin(theta), sin(phi), cos(phi) * cos(theta));
  let plane = normalize(vec3f(q.x * 2.0 * view.tan_half, q.y * 2.0 * view.tan_half * w.y / w.x, 1.0));
  let d = select(plane, sphere, view.projection > 0.5);
  return vec3f(dot(view.row0, d), dot(view.row1, d), dot(view.row2, d));
}

// Text-like marks that lie on the panorama (so that faces cut from it show them too). Returns the opacity.
fn watermark(d: vec3f, look: u32) -> f32 {
  let w = data[look + 8u]; // opacity, size (radians), slope, seed; opacity 0: none
  let theta = atan2(d.x, d.z);
  let phi = asin(clamp(d.y, -1.0, 1.0));
  let p = vec2f(theta + phi * w.z, phi - theta * w.z) / max(w.y, 0.01);
  let line = floor(p.y / 4.0);
  let glyph = floor(vec2f(p.x / 0.8, p.y));
  let g = vec2f(fract(p.x / 0.8) * 6.0, fract(p.y) * 7.0);
  let c = vec2i(floor(g));
  let key = hash((u32(i32(glyph.x)) * 0x8da6b343u) ^ (u32(i32(line)) * 0xd8163841u) ^ u32(w.w));
  let word = unit(hash(u32(i32(floor(glyph.x / 7.0))) ^ (u32(i32(line)) * 977u) ^ u32(w.w)));
  let bit = (key >> u32((c.x % 5) * 5 + c.y % 5)) & 1u;
  // upright strokes at the left of each glyph make it look like letters
  let ink = (bit == 1u || c.x == 0) && c.x < 5 && c.y < 5;
  let on = ink && (p.y - line * 4.0) < 1.0 && word < 0.55;
  return select(0.0, w.x, on);
}

@compute @workgroup_size(16, 16)
fn trace_views(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u) {
  let view = load_view(group.z);
  let tile = view.tiles + 4u * (group.y * view.tiles_x + group.x);
  let at = vec2f(id.xy) + 0.5;
  let d = ray(view, at);
  var depth = FAR; // of the ray through the pixel's centre, the first
  var sum = vec3f(0.0);
  for (var s = 0u; s < size.samples; s++) { // one call of all that is below: each is a copy that drivers compile
    let shift = select(fract(vec2f(0.7548777, 0.5698403) * f32(s) + 0.5) - 0.5, vec2f(0.0), s == 0u);
    let ds = ray(view, at + shift * 0.9);
    let hit = trace(view.origin, ds, view.bodies, tile);
    depth = select(depth, hit.t, s == 0u);
    sum += min(shade(view, view.origin, ds, hit), vec3f(6.0));
  }
  var c = sum / f32(size.samples);

  // exposure, white balance, tone curve, saturation
  let balance = data[view.look + 6u]; let tone = data[view.look + 7u];
  c *= balance.xyz * balance.w;
  let shoulder = 1.0 - exp(-c * 1.15);
  c = mix(min(c, vec3f(1.0)), shoulder, tone.x);
  let grey = dot(c, vec3f(0.2126, 0.7152, 0.0722));
  c = max(mix(vec3f(grey), c, tone.z), vec3f(0.0));
  c = srgb(pow(c, vec3f(tone.y)));
  c = mix(c, c * c * (3.0 - 2.0 * c), data[view.look + 10u].x);
  let mark = watermark(d, view.look);
  c = mix(c, vec3f(0.95), mark);

  // sensor noise, near Gaussian
  let key = hash(id.x + id.y * 4099u + view.seed * 77777u);
  let k1 = hash(key + 1u); let k2 = hash(key + 2u); let k3 = hash(key + 3u);
  let wobble = vec3f(unit(key) + unit(k1), unit(k1 ^ 0x5bd1e995u) + unit(k2), unit(k3) + unit(k2 ^ 0x1b873593u)) - 1.0;
  c = clamp(c + wobble * tone.w * 1.4, vec3f(0.0), vec3f(1.0));

  if (id.x < size.width && id.y < size.height) {
    let pixel = (group.z * size.height + id.y) * size.width + id.x;
    let good = depth <= view.range;
    raw[pixel] = vec4f(c, 0.0);
    distance_out[size.distance + pixel] = select(0.0, depth, good);
    valid[size.valid + pixel] = select(0.0, 1.0, good);
    labels[size.labels + pixel] = select(1u, 0u, good) | select(0u, 2u, mark > 0.0) | select(0u, 4u, depth >= FAR);
  }
}

// What lens and resampling do to edges: a 3x3 tent whose width is the scene's own; around the seam of a panorama.
@compute @workgroup_size(16, 16)
fn soften(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= size.width || id.y >= size.height) { return; }
  let view = load_view(id.z);
  let s = data[view.look + 10u].y / f32(min(size.samples, 4u));
  let start = id.z * size.height * size.width;
  let wraps = view.projection > 0.5;
  let left = select(max(id.x, 1u) - 1u, (id.x + size.width - 1u) % size.width, wraps);
  let right = select(min(id.x + 1u, size.width - 1u), (id.x + 1u) % size.width, wraps);
  let row = start + id.y * size.width;
  let above = start + (max(id.y, 1u) - 1u) * size.width;
  let below = start + min(id.y + 1u, size.height - 1u) * size.width;
  let sides = raw[row + left] + raw[row + right] + raw[above + id.x] + raw[below + id.x];
  let corners = raw[above + left] + raw[above + right] + raw[below + left] + raw[below + right];
  rgb[size.rgb + row + id.x] = (raw[row + id.x] + s * sides + s * s * corners) / ((1.0 + 2.0 * s) * (1.0 + 2.0 * s));
}
