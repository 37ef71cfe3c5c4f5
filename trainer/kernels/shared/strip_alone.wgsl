// Sums over pixels on software adapters, in place of strip_sum.wgsl: every strip's sum is a part by itself. The second pass has more to
// add, but a barrier there costs as much as walking over hundreds of pixels.
fn sum_strips(value: vec4f, local: u32, lanes: u32, strips: u32) -> vec4f { return value; }

fn part(over: Blocks, own: Share, tile: u32) -> u32 {
  return (own.image * over.tiles + tile) * over.strips + own.strip;
}

fn keeps_part(over: Blocks, own: Share) -> bool { return own.strip < over.strips && own.column < over.vectors; }
