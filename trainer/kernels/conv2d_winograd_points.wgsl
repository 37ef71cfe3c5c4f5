// Points of Winograd's transforms, [6, 6, count] vec4: how the threads of conv2d_winograd_image.wgsl (a tile's group of channels each)
// and of conv2d_winograd_taps.wgsl (a pair of input channel and group of outputs) put them down and take them up.
@group(0) @binding(1) var<storage, read> products: array<vec4f>; // to gather
@group(0) @binding(2) var<storage, read_write> points: array<vec4f>; // to spread

// A thread's 36 of them: every `count`th from `first` on.
struct Points { first: u32, count: u32 }

fn write_points(to: Points, row: u32, v: Inputs) {
  let at = to.first + row * 6u * to.count;
  points[at] = v.a;
  points[at + to.count] = v.b;
  points[at + 2u * to.count] = v.c;
  points[at + 3u * to.count] = v.d;
  points[at + 4u * to.count] = v.e;
  points[at + 5u * to.count] = v.f;
}

fn read_points(own: Points, column: u32) -> Inputs {
  let at = own.first + column * own.count;
  let row = 6u * own.count;
  return Inputs(
    products[at],
    products[at + row],
    products[at + 2u * row],
    products[at + 3u * row],
    products[at + 4u * row],
    products[at + 5u * row],
  );
}
