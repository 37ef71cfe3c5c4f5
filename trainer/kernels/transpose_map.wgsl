// The transpose of a resampling in compressed rows (geometry's transposeTaps), made on the GPU: count the entries of each
// input pixel, sum up the counts, put every tap into its row, then order each row. Atomics count whole numbers only and
// say nothing of the order, so the result is the same to the bit in every run. Taps of weight 0 are dropped. The map is
// the z of every dispatch.
struct Dims {
  inputs: u32, // rows
  entries: u32, // taps of all outputs, and the room for entries
  taps: u32, // of an output
  blocks: u32, // of BLOCK rows
}
@group(0) @binding(0) var<uniform> dims: Dims;

const STRIP = 16u; // rows that a thread sums up
const BLOCK = 1024u; // 64 strips

fn thread_of(id: vec3u, groups: vec3u) -> u32 { return id.x + id.y * groups.x * 64u; }

@group(0) @binding(1) var<storage, read> index: array<u32>; // [maps, entries]
@group(0) @binding(2) var<storage, read> weight: array<f32>; // likewise
@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>>; // [maps, inputs], 0 at first

@compute @workgroup_size(64)
fn count(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = thread_of(id, groups);
  if (e >= dims.entries) { return; }
  let tap = id.z * dims.entries + e;
  if (weight[tap] != 0.0) { atomicAdd(&counts[id.z * dims.inputs + index[tap]], 1u); }
}

// ---- prefix sum over the rows of a map: of each block, of the blocks, of the rows
@group(0) @binding(1) var<storage, read> counted: array<u32>; // [maps, inputs]
@group(0) @binding(2) var<storage, read_write> block_sums: array<u32>; // [maps, blocks]

var<workgroup> strips: array<u32, 64>;

fn before(lane: u32) -> u32 { // what the strips before this one hold; all strips are written
  var sum = 0u;
  for (var i = 0u; i < lane; i++) { sum += strips[i]; }
  return sum;
}

fn strip_sum(map: u32, first: u32) -> u32 {
  var sum = 0u;
  for (var q = first; q < min(first + STRIP, dims.inputs); q++) { sum += counted[map * dims.inputs + q]; }
  return sum;
}

@compute @workgroup_size(64)
fn sum_blocks(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  strips[lane] = strip_sum(group.z, group.x * BLOCK + lane * STRIP);
  workgroupBarrier();
  if (lane == 0u) { block_sums[group.z * dims.blocks + group.x] = before(64u); }
}

@group(0) @binding(1) var<storage, read_write> sums: array<u32>; // [maps, blocks]: each block's, then of those before

@compute @workgroup_size(64)
fn scan_blocks(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let each = (dims.blocks + 63u) / 64u;
  let first = min(lane * each, dims.blocks);
  let end = min(first + each, dims.blocks);
  let map = group.z * dims.blocks;
  var sum = 0u;
  for (var b = first; b < end; b++) { sum += sums[map + b]; }
  strips[lane] = sum;
  workgroupBarrier();
  sum = before(lane);
  for (var b = first; b < end; b++) {
    let own = sums[map + b];
    sums[map + b] = sum;
    sum += own;
  }
}

@group(0) @binding(2) var<storage, read> blocks_before: array<u32>; // [maps, blocks]
@group(0) @binding(3) var<storage, read_write> start_out: array<u32>; // [maps, inputs + 1]

@compute @workgroup_size(64)
fn write_starts(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * BLOCK + lane * STRIP;
  strips[lane] = strip_sum(group.z, first);
  workgroupBarrier();
  var sum = blocks_before[group.z * dims.blocks + group.x] + before(lane);
  for (var q = first; q < min(first + STRIP, dims.inputs + 1u); q++) { // one more than rows: their end
    start_out[group.z * (dims.inputs + 1u) + q] = sum;
    if (q < dims.inputs) { sum += counted[group.z * dims.inputs + q]; }
  }
}

// ---- every tap into its row, in the order in which threads come
@group(0) @binding(4) var<storage, read> start: array<u32>; // [maps, inputs + 1]
@group(0) @binding(5) var<storage, read_write> unordered_out: array<u32>; // [maps, entries]: tap of each entry

@compute @workgroup_size(64)
fn fill(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = thread_of(id, groups);
  if (e >= dims.entries) { return; }
  let tap = id.z * dims.entries + e;
  if (weight[tap] == 0.0) { return; }
  let q = index[tap];
  let left = atomicSub(&counts[id.z * dims.inputs + q], 1u); // counts become 0 again
  unordered_out[id.z * dims.entries + start[id.z * (dims.inputs + 1u) + q] + left - 1u] = e;
}

// ---- a tap's place in its row is the number of taps before it there: rows are short
@group(0) @binding(3) var<storage, read> unordered: array<u32>; // [maps, entries]
@group(0) @binding(5) var<storage, read_write> back_index: array<u32>; // [maps, entries]: output pixel
@group(0) @binding(6) var<storage, read_write> back_weight: array<f32>; // [maps, entries]

@compute @workgroup_size(64)
fn order(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = thread_of(id, groups);
  if (e >= dims.entries) { return; }
  let map = id.z * dims.entries;
  let w = weight[map + e];
  if (w == 0.0) { return; }
  let row = id.z * (dims.inputs + 1u) + index[map + e];
  let first = start[row];
  let end = start[row + 1u];
  var place = first;
  for (var i = first; i < end; i++) { place += select(0u, 1u, unordered[map + i] < e); }
  back_index[map + place] = e / dims.taps;
  back_weight[map + place] = w;
}
