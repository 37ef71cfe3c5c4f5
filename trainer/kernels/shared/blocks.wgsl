// How workgroups of 64 threads cover [images, pixels, vectors], where vectors counts vec4 of channels. A workgroup takes
// up to 64 vec4 of channels (lanes) of one block of pixels. With fewer channels, `strips` threads share a column of
// channels: each `interleave` of them, which together read 128 bytes at a time, share a chunk of consecutive pixels. Whoever
// runs eight threads as one vector (llvmpipe) then walks straight through memory, and hardware still reads whole lines.
// Grid: x blocks of pixels (tiles), y blocks of 64 vec4 of channels, z images.
struct Blocks {
  pixels: u32,
  vectors: u32,
  lanes: u32, // min(vectors, 64)
  strips: u32, // a multiple of interleave, strips * lanes <= 64
  interleave: u32,
  chunk: u32, // pixels of `interleave` strips
  block: u32, // pixels of all strips
  tiles: u32, // blocks of an image
}

// A thread's share: pixels first, first + interleave, ... below end, of one image and one vec4 of channels (column).
struct Share { image: u32, column: u32, strip: u32, first: u32, end: u32 }

// a / b for a < 4096: vectors of integers are divided one by one on a CPU, floats all at once.
fn quotient(a: u32, b: u32) -> u32 {
  return u32((f32(a) + 0.5) / f32(b));
}

// Pixels of a strip: first, first + interleave, ... below end.
struct Strip { first: u32, end: u32 }

fn strip_of(blocks: Blocks, tile: u32, strip: u32) -> Strip {
  let turn = quotient(strip, blocks.interleave);
  let start = tile * blocks.block + turn * blocks.chunk;
  return Strip(start + strip - turn * blocks.interleave, min(start + blocks.chunk, blocks.pixels));
}

fn share(blocks: Blocks, group: vec3u, local: u32) -> Share {
  let strip = quotient(local, blocks.lanes);
  let column = group.y * 64u + local - strip * blocks.lanes;
  let pixels = strip_of(blocks, group.x, strip);
  let idle = strip >= blocks.strips || column >= blocks.vectors;
  return Share(group.z, column, strip, pixels.first, select(pixels.end, 0u, idle));
}

// Index of a vec4 in [images, pixels, vectors].
fn at(blocks: Blocks, own: Share, pixel: u32) -> u32 {
  return (own.image * blocks.pixels + pixel) * blocks.vectors + own.column;
}
