/** max(x, 0); NaN stays NaN. */
export function relu(x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (v) => v < 0 ? 0 : v);
}
