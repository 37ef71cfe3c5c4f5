// How the lanes of conv2d.wgsl (4, 8 or 16) get their weights, with subgroups: each lane loads one other vec4 of them, then
// all lanes hear all of them. A load costs a scalar loop over the lanes on llvmpipe; a broadcast costs next to nothing.
// Lane l of a load holds row l % 4 of channel group l / 4, so one load serves LANES / 4 groups.
const SERVED = LANES / 4;
const HELD = (BLOCKS + SERVED - 1) / SERVED; // at most 32 / LANES

fn held_index(h: u32, tap: u32) -> u32 {
  return weight_index(tap, first_block + min(h * SERVED + lane / 4u, BLOCKS - 1u), lane % 4u);
}

fn add_held(h: u32, t: u32) {
  if (h < HELD) {
    let w = held[t * HELD + h];
    let b = h * SERVED;
    multiply(b, t, subgroupBroadcast(w, 0u), subgroupBroadcast(w, 1u), subgroupBroadcast(w, 2u), subgroupBroadcast(w, 3u));
    if (LANES > 4 && b + 1u < BLOCKS) {
      multiply(b + 1u, t, subgroupBroadcast(w, 4u), subgroupBroadcast(w, 5u), subgroupBroadcast(w, 6u), subgroupBroadcast(w, 7u));
    }
    if (LANES > 8 && b + 2u < BLOCKS) {
      multiply(b + 2u, t, subgroupBroadcast(w, 8u), subgroupBroadcast(w, 9u), subgroupBroadcast(w, 10u), subgroupBroadcast(w, 11u));
    }
    if (LANES > 8 && b + 3u < BLOCKS) {
      multiply(b + 3u, t, subgroupBroadcast(w, 12u), subgroupBroadcast(w, 13u), subgroupBroadcast(w, 14u), subgroupBroadcast(w, 15u));
    }
  }
}

fn add_columns(t: u32) {
  if (t < TAPS) {
    add_held(0u, t);
    add_held(1u, t);
    add_held(2u, t);
    add_held(3u, t);
    add_held(4u, t);
    add_held(5u, t);
    add_held(6u, t);
    add_held(7u, t);
  }
}
