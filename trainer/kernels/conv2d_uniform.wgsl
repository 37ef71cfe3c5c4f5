// How the lanes of conv2d.wgsl get their weights, without subgroups: all lanes load the same ones.

fn add_group(b: u32, t: u32, tap: u32, c: u32, first: u32, live: f32) {
  if (b >= BLOCKS) { return; }
  multiply(
    b,
    t,
    live * weight[weight_index(tap, c, first + b, 0u)],
    live * weight[weight_index(tap, c, first + b, 1u)],
    live * weight[weight_index(tap, c, first + b, 2u)],
    live * weight[weight_index(tap, c, first + b, 3u)],
  );
}

fn add_columns(lane: u32, t: u32, tap: u32, c: u32, first: u32, live: f32) {
  add_group(0u, t, tap, c, first, live);
  add_group(1u, t, tap, c, first, live);
  add_group(2u, t, tap, c, first, live);
  add_group(3u, t, tap, c, first, live);
  add_group(4u, t, tap, c, first, live);
  add_group(5u, t, tap, c, first, live);
  add_group(6u, t, tap, c, first, live);
  add_group(7u, t, tap, c, first, live);
}
