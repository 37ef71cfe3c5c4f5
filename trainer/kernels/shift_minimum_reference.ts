/** Shift of a negative minimum in plain loops: the twin of `shift_minimum.wgsl`, in double precision. */

/** y = x - min(0, smallest finite x). */
export function shiftMinimumReference(x: ArrayLike<number>): Float64Array {
  let least = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]!) && x[i]! < least) least = x[i]!;
  }
  return Float64Array.from(x, (v) => v - least);
}
