// How the lanes of conv2d.wgsl get their weights, without subgroups: all lanes load the same ones.
const HELD = BLOCKS * 4;

fn held_index(h: u32, tap: u32) -> u32 {
  return weight_index(tap, first_block + h / 4u, h % 4u);
}

fn add_group(b: u32, t: u32) {
  if (b < BLOCKS) {
    let h = t * HELD + b * 4u;
    multiply(b, t, held[h], held[h + 1u], held[h + 2u], held[h + 3u]);
  }
}

fn add_columns(t: u32) {
  if (t < TAPS) {
    add_group(0u, t);
    add_group(1u, t);
    add_group(2u, t);
    add_group(3u, t);
  }
}
