// max_pool: y = the largest of a 3 x 3 window; stride 2, one pixel of padding that never wins. Of equal values the first
// in reading order wins, and NaN wins over numbers, as in PyTorch.
// x, dx: [N * H, W, vectors] vec4; y, dy: [N * OH, OW, vectors] vec4; places: [N * OH, OW, vectors], a byte per channel: 3 * row + column
// of the winner in its window.
struct Dims { over: Blocks, height: u32, width: u32, out_height: u32, out_width: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4<Stored1>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> places: array<u32>;

// By its bits: compilers may take v != v for false.
fn is_nan(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
}

struct Winner { value: vec4f, place: vec4u }

// The better of a winner so far and the candidate at a place.
fn challenge(best: Winner, v: vec4f, place: u32) -> Winner {
  let wins = (v > best.value) | is_nan(v);
  return Winner(select(best.value, v, wins), select(best.place, vec4u(place), wins));
}

// Largest of the window of pixel `column` of an output row; dims.over: y with its rows as images. Places outside x are moved
// onto its border, where the same value at the same place stands already or comes first.
fn winner(own: Share, column: u32, dims: Dims) -> Winner {
  let row = own.image % dims.out_height;
  let image = own.image / dims.out_height;
  let rows = vec3u(max(2u * row, 1u) - 1u, 2u * row, min(2u * row + 1u, dims.height - 1u));
  let columns = vec3u(max(2u * column, 1u) - 1u, 2u * column, min(2u * column + 1u, dims.width - 1u));
  let row_places = 3u * (rows + 1u - 2u * row);
  let column_places = columns + 1u - 2u * column;
  let starts = (image * dims.height + rows) * dims.width;
  let first = (starts.x + columns.x) * dims.over.vectors + own.column;
  var best = Winner(vec4f(x[first]), vec4u(row_places.x + column_places.x));
  for (var r = 0u; r < 3u; r++) {
    for (var c = 0u; c < 3u; c++) {
      let i = (starts[r] + columns[c]) * dims.over.vectors + own.column;
      best = challenge(best, vec4f(x[i]), row_places[r] + column_places[c]);
    }
  }
  return best;
}

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims; // read once, not in every turn of the loop
  let over = all.over;
  let own = share(over, group, local);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    y[at(over, own, pixel)] = vec4<Stored2>(winner(own, pixel, all).value);
  }
}

@compute @workgroup_size(64)
fn forward_places(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims; // read once, not in every turn of the loop
  let over = all.over;
  let own = share(over, group, local);
  for (var pixel = own.first; pixel < own.end; pixel += over.interleave) {
    let best = winner(own, pixel, all);
    let i = at(over, own, pixel);
    y[i] = vec4<Stored2>(best.value);
    let bytes = best.place << vec4u(0u, 8u, 16u, 24u);
    places[i] = bytes.x | bytes.y | bytes.z | bytes.w;
  }
}

@group(0) @binding(1) var<storage, read> winners: array<u32>; // places
@group(0) @binding(2) var<storage, read> dy: array<vec4<Stored2>>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4<Stored3>>;

// dy of an output pixel where it was won by a place.
fn prize(i: u32, d: vec4f, place: u32) -> vec4f {
  let won = ((vec4u(winners[i]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) == vec4u(place);
  return select(vec4f(0.0), d, won);
}

// dx = or += dy of the windows that a pixel won. A thread takes two neighbours, 2 column and 2 column + 1; the first lies in
// one column of windows, the second in two. dims.over: [N * H, OW, vectors].
@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let all = dims; // read once, not in every turn of the loop
  let over = all.over;
  let own = share(over, group, local);
  let image = own.image / all.height;
  let h = own.image % all.height;
  let last_row = min((h + 1u) / 2u, all.out_height - 1u);
  for (var column = own.first; column < own.end; column += over.interleave) {
    let inside = column + 1u < all.out_width;
    var left = vec4f(0.0);
    var right = vec4f(0.0);
    for (var row = h / 2u; row <= last_row; row++) {
      let place = 3u * (h + 1u - 2u * row);
      let i = ((image * all.out_height + row) * all.out_width + column) * over.vectors + own.column;
      let next = i + select(0u, over.vectors, inside);
      let d = vec4f(dy[i]);
      left += prize(i, d, place + 1u);
      right += prize(i, d, place + 2u) + prize(next, vec4f(dy[next]), select(9u, place, inside));
    }
    let i = (own.image * all.width + 2u * column) * over.vectors + own.column;
    let j = i + over.vectors;
    if (ACCUMULATE) { left += vec4f(dx[i]); }
    dx[i] = vec4<Stored3>(left);
    if (2u * column + 1u < all.width) {
      if (ACCUMULATE) { right += vec4f(dx[j]); }
      dx[j] = vec4<Stored3>(right);
    }
  }
}
