/** scale / (1 + exp(-x)). */
export function sigmoid(x: ArrayLike<number>, scale = 1): Float64Array {
  return Float64Array.from(x, (v) => scale / (1 + Math.exp(-v)));
}
