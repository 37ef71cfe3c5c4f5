/** x > 0 ? x : exp(x) - 1. */
export function elu(x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (v) => v > 0 ? v : Math.exp(v) - 1);
}
