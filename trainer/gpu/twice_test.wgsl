// A text that shaders share, without an entry point of its own.
fn twice(x: u32) -> u32 {
  return 2u * x;
}
