/** Disparity labels in plain loops: the twin of `disparity_label.wgsl`, in double precision. */

/** One item. @param valid whether a pixel's value is known */
export function disparityLabelReference(
  values: ArrayLike<number>,
  valid: (i: number) => boolean,
): Float64Array {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!valid(i)) continue;
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return Float64Array.from(
    values,
    (v, i) => valid(i) && most > least ? (v - least) / (most - least) : 0,
  );
}
