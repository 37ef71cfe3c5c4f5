// How the 4 lanes of conv2d.wgsl get their weights, with subgroups: each lane loads one other vec4 of them, then all lanes
// hear all of them. A load costs a scalar loop over the lanes on llvmpipe; a broadcast costs next to nothing.
// Lane l of a load holds row l % 4 of channel group l / 4, so one load serves 1 group.
const SERVED = LANES / 4;
const HELD = (BLOCKS + SERVED - 1) / SERVED;

fn held_index(h: u32, tap: u32) -> u32 {
  return weight_index(tap, first_block + min(h * SERVED + lane / 4u, BLOCKS - 1u), lane % 4u);
}

fn add_held(h: u32, t: u32) {
  if (h < HELD) {
    let w = held[t * HELD + h];
    let b = h * SERVED;
    multiply(b, t, subgroupBroadcast(w, 0u), subgroupBroadcast(w, 1u), subgroupBroadcast(w, 2u), subgroupBroadcast(w, 3u));
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
