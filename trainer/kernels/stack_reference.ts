/** The twin of `stack.wgsl`: batches laid end to end. */
export function stack(batches: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(batches.flatMap((batch) => Array.from(batch)));
}
