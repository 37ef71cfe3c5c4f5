// max_pool: y = the largest of a 3 x 3 window; stride 2, one pixel of padding that never wins. Of equal values the first
// in reading order wins, and NaN wins over numbers, as in PyTorch.
// x, dx: [N * H, W, vectors] vec4; y, dy: [N * OH, OW, vectors] vec4; places: [N * OH, OW, vectors], a byte per channel: 3 * row + column
// of the winner in its window.
struct Dims { over: Blocks, height: u32, width: u32, out_height: u32, out_width: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> places: array<u32>;

// By its bits: compilers may take v != v for false.
fn is_nan(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
}

struct Winner { value: vec4f, place: vec4u }

// Largest of the window of pixel `column` of an output row; dims.over: y with its rows as images.
fn winner(own: Share, column: u32) -> Winner {
  let image = own.image / dims.out_height;
  let row = own.image % dims.out_height;
  var best = Winner(vec4f(0.0), vec4u(9u)); // place 9: nothing yet
  for (var place = 0u; place < 9u; place++) {
    let h = 2u * row + place / 3u; // one too large, as u32 has no -1
    let w = 2u * column + place % 3u;
    if (h >= 1u && h <= dims.height && w >= 1u && w <= dims.width) {
      let v = x[((image * dims.height + h - 1u) * dims.width + w - 1u) * dims.over.vectors + own.column];
      let wins = (v > best.value) | is_nan(v) | (best.place == vec4u(9u));
      best = Winner(select(best.value, v, wins), select(best.place, vec4u(place), wins));
    }
  }
  return best;
}

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  for (var pixel = own.first; pixel < own.end; pixel += over.strips) {
    y[at(over, own, pixel)] = winner(own, pixel).value;
  }
}

@compute @workgroup_size(64)
fn forward_places(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  for (var pixel = own.first; pixel < own.end; pixel += over.strips) {
    let best = winner(own, pixel);
    let i = at(over, own, pixel);
    y[i] = best.value;
    let bytes = best.place << vec4u(0u, 8u, 16u, 24u);
    places[i] = bytes.x | bytes.y | bytes.z | bytes.w;
  }
}

@group(0) @binding(1) var<storage, read> winners: array<u32>; // places
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;

// dx = or += dy of the windows that this pixel won; dims.over: x with its rows as images.
@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let over = dims.over;
  let own = share(over, group, local);
  let image = own.image / dims.height;
  let h = own.image % dims.height;
  let last_row = min((h + 1u) / 2u, dims.out_height - 1u);
  for (var pixel = own.first; pixel < own.end; pixel += over.strips) {
    var d = vec4f(0.0);
    let last_column = min((pixel + 1u) / 2u, dims.out_width - 1u);
    for (var row = h / 2u; row <= last_row; row++) {
      for (var column = pixel / 2u; column <= last_column; column++) {
        let i = ((image * dims.out_height + row) * dims.out_width + column) * over.vectors + own.column;
        let place = 3u * (h + 1u - 2u * row) + (pixel + 1u - 2u * column);
        let won = ((vec4u(winners[i]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) == vec4u(place);
        d += select(vec4f(0.0), dy[i], won);
      }
    }
    let i = at(over, own, pixel);
    if (dims.accumulate == 1u) { d += dx[i]; }
    dx[i] = d;
  }
}
