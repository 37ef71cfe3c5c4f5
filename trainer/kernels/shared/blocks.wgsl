// How workgroups of 64 threads cover [images, pixels, vectors], where vectors counts vec4 of channels. A workgroup takes
// up to 64 vec4 of channels (lanes) of one block of pixels. With fewer channels, `strips` threads share a column of
// channels and take turns along the pixels, so that each step of the workgroup touches consecutive memory.
// Grid: x blocks of pixels, y blocks of 64 vec4 of channels, z images.
struct Blocks { pixels: u32, vectors: u32, strips: u32, block: u32 }

// A thread's share: pixels first, first + strips, ... below end, of one image and one vec4 of channels (column).
struct Share { image: u32, column: u32, strip: u32, first: u32, end: u32 }

fn lanes(blocks: Blocks) -> u32 {
  return min(blocks.vectors, 64u);
}

fn share(blocks: Blocks, group: vec3u, local: u32) -> Share {
  let column = group.y * 64u + local % lanes(blocks);
  let strip = local / lanes(blocks);
  let start = group.x * blocks.block;
  let idle = strip >= blocks.strips || column >= blocks.vectors;
  let end = select(min(start + blocks.block, blocks.pixels), 0u, idle);
  return Share(group.z, column, strip, start + strip, end);
}

// Index of a vec4 in [images, pixels, vectors].
fn at(blocks: Blocks, own: Share, pixel: u32) -> u32 {
  return (own.image * blocks.pixels + pixel) * blocks.vectors + own.column;
}
