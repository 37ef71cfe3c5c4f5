// What the lanes of conv2d_channels.wgsl and conv2d_winograd_product.wgsl do alike: a lane keeps 4 channels of LANES * RUNS pixels (or
// tiles). Of each run of LANES pixels it loads one, and all lanes hear all of them.
//
// Constants: LANES (4, 8 or 16, the subgroup), RUNS.
const KEPT = u32(LANES * RUNS);

var<private> sums: array<vec4f, KEPT>;
var<private> values: array<vec4f, RUNS>; // of this lane's pixel of each run

fn add(i: u32, s: vec4f, w: mat4x4f) {
  sums[min(i, KEPT - 1u)] += s.x * w[0] + s.y * w[1] + s.z * w[2] + s.w * w[3];
}

// Adds the loaded pixels of a run times the 4 x 4 weights.
fn add_run(r: u32, w: mat4x4f) {
  if (r >= RUNS) { return; }
  let v = values[min(r, RUNS - 1u)];
  let i = r * LANES;
  add(i, subgroupBroadcast(v, 0u), w);
  add(i + 1u, subgroupBroadcast(v, 1u), w);
  add(i + 2u, subgroupBroadcast(v, 2u), w);
  add(i + 3u, subgroupBroadcast(v, 3u), w);
  if (LANES > 4u) {
    add(i + 4u, subgroupBroadcast(v, 4u), w);
    add(i + 5u, subgroupBroadcast(v, 5u), w);
    add(i + 6u, subgroupBroadcast(v, 6u), w);
    add(i + 7u, subgroupBroadcast(v, 7u), w);
  }
  if (LANES > 8u) {
    add(i + 8u, subgroupBroadcast(v, 8u), w);
    add(i + 9u, subgroupBroadcast(v, 9u), w);
    add(i + 10u, subgroupBroadcast(v, 10u), w);
    add(i + 11u, subgroupBroadcast(v, 11u), w);
    add(i + 12u, subgroupBroadcast(v, 12u), w);
    add(i + 13u, subgroupBroadcast(v, 13u), w);
    add(i + 14u, subgroupBroadcast(v, 14u), w);
    add(i + 15u, subgroupBroadcast(v, 15u), w);
  }
}
