// What is wrong must be told by the line of this file, though a constant and other texts stand before it.
const COUNT = SIZE;

@compute
@workgroup_size(1)
fn forward() {
  let x = twice(COUNT);
}
