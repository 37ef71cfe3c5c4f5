// Copies up to 6 scalars into a row of a ring [rows][columns].
struct Dims {
  rows: u32,
  columns: u32,
  first: u32, // column of the first scalar
  count: u32, // 1 to 6; further bindings repeat the last one
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> slot: array<u32>; // [1]
@group(0) @binding(2) var<storage, read_write> ring: array<f32>;
@group(0) @binding(3) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read> b: array<f32>;
@group(0) @binding(5) var<storage, read> c: array<f32>;
@group(0) @binding(6) var<storage, read> d: array<f32>;
@group(0) @binding(7) var<storage, read> e: array<f32>;
@group(0) @binding(8) var<storage, read> f: array<f32>;

@compute @workgroup_size(8)
fn record(@builtin(local_invocation_id) lane: vec3u) {
  if (lane.x >= dims.count) { return; }
  var value = a[0];
  switch (lane.x) {
    case 1u: { value = b[0]; }
    case 2u: { value = c[0]; }
    case 3u: { value = d[0]; }
    case 4u: { value = e[0]; }
    case 5u: { value = f[0]; }
    default: {}
  }
  ring[(slot[0] % dims.rows) * dims.columns + dims.first + lane.x] = value;
}
