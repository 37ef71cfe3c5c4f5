// Sums over the threads of a workgroup in a fixed order: halves fold onto each other, so the result does not depend on timing.
var<workgroup> folded: array<vec4f, 64>;

// Sum of `value` over the threads local, local + lanes, ... (`strips` of them); right in the threads local < lanes.
// Every thread of the workgroup must call it.
fn sum_strips(value: vec4f, local: u32, lanes: u32, strips: u32) -> vec4f {
  workgroupBarrier();
  folded[local] = value;
  for (var count = strips; count > 1u;) {
    let half = (count + 1u) / 2u;
    workgroupBarrier();
    if (local / lanes + half < count) { folded[local] += folded[local + half * lanes]; }
    count = half;
  }
  workgroupBarrier();
  return folded[local];
}

// Which of the parts of a sum over all pixels a thread's is, and whether the thread has one: the first of its column in a tile.
// A strip with pixels may follow one without, but never the first.
fn part(over: Blocks, own: Share, tile: u32) -> u32 { return own.image * over.tiles + tile; }

fn keeps_part(over: Blocks, own: Share) -> bool { return own.strip == 0u && own.first < own.end; }
