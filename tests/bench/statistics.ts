/**
 * Numbers that can be trusted on a machine that is not quiet: medians with their range, and ratios taken within a
 * round, where both sides met the same weather.
 *
 * @module
 */

/** Of several measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Median and range.
 *
 * @throws RangeError for no values
 */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("Cannot take the median of no measurements");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/**
 * `a / b` round by round.
 *
 * @throws RangeError when the rounds are not the same number
 */
export function ratios(a: readonly number[], b: readonly number[]): Spread {
  if (a.length !== b.length) {
    throw new RangeError(`Cannot compare ${a.length} rounds with ${b.length}`);
  }
  return spread(a.map((value, round) => value / b[round]!));
}

/** How a cost grows with a size: p of cost ∝ size^p between two measurements. */
export function growth(
  from: { readonly size: number; readonly cost: number },
  to: { readonly size: number; readonly cost: number },
): number {
  return Math.log(to.cost / from.cost) / Math.log(to.size / from.size);
}
