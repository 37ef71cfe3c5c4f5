/**
 * Fitting an affine-ambiguous prediction to the truth before it is measured. Everything is float64.
 *
 * @module
 */

/** `median`: one factor on depth (the paper's text); `affine`: least squares on disparity, then `median` (the released code). */
export type Alignment = "median" | "affine";

/** The names of all alignments, in the order of tables. */
export const ALIGNMENTS: readonly Alignment[] = ["median", "affine"];

/** A line `scale · x + shift`. */
export interface AffineFit {
  readonly scale: number;
  readonly shift: number;
}

/**
 * Median of some numbers; of an even count the lower of the middle two (PyTorch) or their mean (numpy).
 *
 * @param values numbers, none NaN; not changed
 * @param rule which of the two
 * @returns the median, NaN for no numbers
 */
export function median(values: ArrayLike<number>, rule: "lower" | "averaged" = "lower"): number {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  const below = sorted[(sorted.length - 1) >> 1]!;
  return rule === "lower" ? below : (below + sorted[sorted.length >> 1]!) / 2;
}

/**
 * The line that fits `target` best by least squares. A flat `x` (or a single value) leaves scale and shift
 * undetermined; the fit is then the constant at the mean of the target, where the released code gives 0 and 0
 * and NaN metrics.
 *
 * @param x predicted disparities of the valid pixels
 * @param target true disparities of the valid pixels
 * @returns scale and shift
 * @throws {RangeError} if the lengths differ
 */
export function fitAffine(x: ArrayLike<number>, target: ArrayLike<number>): AffineFit {
  if (x.length !== target.length) {
    throw new RangeError(
      `Cannot fit a line as the lengths differ: current lengths are ${x.length} and ${target.length}`,
    );
  }
  const n = x.length;
  const [meanX, meanY] = [mean(x), mean(target)];
  let variance = 0;
  let covariance = 0;
  for (let i = 0; i < n; i++) {
    variance += (x[i]! - meanX) ** 2;
    covariance += (x[i]! - meanX) * (target[i]! - meanY);
  }
  // Below the rounding of float32 inputs there is no slope to be found.
  const flat = !(variance > n * (meanX * 2 ** -23) ** 2);
  const scale = flat ? 0 : covariance / variance;
  return { scale, shift: meanY - scale * meanX };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
