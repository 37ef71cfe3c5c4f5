/** Valid pixels of a mask, and items that have one: the twin of `count_valid.wgsl`. `pixels` are those of an item. */
export function countValidReference(mask: ArrayLike<number>, pixels: number): [number, number] {
  const counts = Array.from(
    { length: mask.length / pixels },
    (_, item) =>
      Array.from({ length: pixels }, (_, i) => mask[item * pixels + i]!)
        .filter((value) => value > 0.5).length,
  );
  return [counts.reduce((a, b) => a + b, 0), counts.filter((count) => count > 0).length];
}
