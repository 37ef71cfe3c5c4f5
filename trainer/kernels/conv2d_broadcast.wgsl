// How the lanes of conv2d.wgsl get their weights, with subgroups: each lane loads one other vec4 of them, then all lanes
// hear all of them. A load costs a scalar loop over the lanes on llvmpipe; a broadcast costs next to nothing.
// Lane l of a load holds row l % 4 of channel group l / 4, so one load serves LANES / 4 groups.

fn add_group(b: u32, lane: u32, t: u32, tap: u32, c: u32, first: u32, live: f32) {
  if (b >= BLOCKS || b % (LANES / 4u) != 0u) { return; }
  let w = live * weight[weight_index(tap, c, first + min(b + lane / 4u, BLOCKS - 1u), lane % 4u)];
  multiply(b, t, subgroupBroadcast(w, 0u), subgroupBroadcast(w, 1u), subgroupBroadcast(w, 2u), subgroupBroadcast(w, 3u));
  if (LANES >= 8u && b + 1u < BLOCKS) {
    multiply(b + 1u, t, subgroupBroadcast(w, 4u), subgroupBroadcast(w, 5u), subgroupBroadcast(w, 6u), subgroupBroadcast(w, 7u));
  }
  if (LANES >= 16u && b + 2u < BLOCKS) {
    multiply(b + 2u, t, subgroupBroadcast(w, 8u), subgroupBroadcast(w, 9u), subgroupBroadcast(w, 10u), subgroupBroadcast(w, 11u));
  }
  if (LANES >= 16u && b + 3u < BLOCKS) {
    multiply(b + 3u, t, subgroupBroadcast(w, 12u), subgroupBroadcast(w, 13u), subgroupBroadcast(w, 14u), subgroupBroadcast(w, 15u));
  }
}

fn add_columns(lane: u32, t: u32, tap: u32, c: u32, first: u32, live: f32) {
  add_group(0u, lane, t, tap, c, first, live);
  if (BLOCKS > 1u && LANES < 8u) { add_group(1u, lane, t, tap, c, first, live); }
  if (BLOCKS > 2u && LANES < 16u) { add_group(2u, lane, t, tap, c, first, live); }
  if (BLOCKS > 3u && LANES < 8u) { add_group(3u, lane, t, tap, c, first, live); }
  if (BLOCKS > 4u) { add_group(4u, lane, t, tap, c, first, live); }
  if (BLOCKS > 5u && LANES < 8u) { add_group(5u, lane, t, tap, c, first, live); }
  if (BLOCKS > 6u && LANES < 16u) { add_group(6u, lane, t, tap, c, first, live); }
  if (BLOCKS > 7u && LANES < 8u) { add_group(7u, lane, t, tap, c, first, live); }
}
