// How the lanes of conv2d.wgsl (4, 8 or 16) get their weights, with subgroups: each lane loads one other vec4 of them, then
// all lanes hear all of them. A load costs a scalar loop over the lanes on llvmpipe; a broadcast costs next to nothing.
// Lane l of a load holds row l % 4 of channel group l / 4, so one load serves LANES / 4 groups.
const SERVED = LANES / 4;
const HELD = (BLOCKS + SERVED - 1) / SERVED; // BLOCKS is at most 4

// First of the four lanes that hold the weights of channel groups 1, 2 and 3.
const L1 = u32(1 % SERVED * 4);
const L2 = u32(2 % SERVED * 4);
const L3 = u32(3 % SERVED * 4);

fn held_index(h: u32, tap: u32) -> u32 {
  return weight_index(tap, first_block + min(h * SERVED + lane / 4u, BLOCKS - 1u), lane % 4u);
}

// As few calls as there can be: a driver inlines every one, dead ones too, before it sees which are dead. 768 bodies of
// multiply_pixel() took llvmpipe 420 ms a pipeline, these 96 take 70.
fn add_columns(t: u32) {
  if (t < TAPS) {
    let h = t * HELD;
    let a = held[h];
    multiply(0u, t, subgroupBroadcast(a, 0u), subgroupBroadcast(a, 1u), subgroupBroadcast(a, 2u), subgroupBroadcast(a, 3u));
    if (BLOCKS > 1) {
      let b = held[h + 1 / SERVED];
      multiply(1u, t, subgroupBroadcast(b, L1), subgroupBroadcast(b, L1 + 1), subgroupBroadcast(b, L1 + 2), subgroupBroadcast(b, L1 + 3));
    }
    if (BLOCKS > 2) {
      let c = held[h + 2 / SERVED];
      multiply(2u, t, subgroupBroadcast(c, L2), subgroupBroadcast(c, L2 + 1), subgroupBroadcast(c, L2 + 2), subgroupBroadcast(c, L2 + 3));
    }
    if (BLOCKS > 3) {
      let d = held[h + 3 / SERVED];
      multiply(3u, t, subgroupBroadcast(d, L3), subgroupBroadcast(d, L3 + 1), subgroupBroadcast(d, L3 + 2), subgroupBroadcast(d, L3 + 3));
    }
  }
}
