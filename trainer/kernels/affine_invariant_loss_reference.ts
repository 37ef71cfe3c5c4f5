/** Affine-invariant loss in plain loops: the twin of `affine_invariant_loss.wgsl`, in double precision. */

/** Loss, its parts and its gradient. */
export interface AffineInvariantReference {
  loss: number;
  items: number[];
  /** d loss / d prediction, one number per pixel. */
  gradient: Float64Array;
}

/**
 * @param prediction one number per pixel, item after item; likewise `target` and `mask` (valid above 0.5)
 * @param pixels pixels of an item
 * @param mean over items or over all valid pixels
 */
export function affineInvariantLossReference(
  prediction: ArrayLike<number>,
  target: ArrayLike<number>,
  mask: ArrayLike<number>,
  pixels: number,
  mean: "item" | "pixels",
): AffineInvariantReference {
  const count = prediction.length / pixels;
  const valid: number[][] = [];
  for (let item = 0; item < count; item++) {
    valid[item] = [];
    for (let i = item * pixels; i < (item + 1) * pixels; i++) {
      if (mask[i]! > 0.5 && Number.isFinite(target[i]!)) valid[item]!.push(i);
    }
  }
  const allValid = valid.reduce((sum, list) => sum + list.length, 0);
  const seen = valid.filter((list) => list.length > 0).length;
  const result = { loss: 0, items: [] as number[], gradient: new Float64Array(prediction.length) };
  for (const list of valid) {
    const n = list.length;
    if (n === 0) {
      result.items.push(0);
      continue;
    }
    if (list.some((i) => !Number.isFinite(prediction[i]!))) {
      result.items.push(NaN);
      result.loss = NaN;
      continue;
    }
    const p = hats(prediction, list);
    const g = hats(target, list);
    const signs = list.map((_, k) => Math.sign(p.hat[k]! - g.hat[k]!));
    const sum = list.reduce((total, _, k) => total + Math.abs(p.hat[k]! - g.hat[k]!), 0);
    const weight = mean === "item" ? 1 / (n * seen) : 1 / allValid;
    result.items.push(sum / n);
    result.loss += weight * sum;
    if (p.scale === 0) continue;
    const leverage = signs.reduce((total, sign, k) => total + sign * p.hat[k]!, 0) / n;
    const away = p.hat.map(Math.sign);
    const toMedian = leverage * away.reduce((a, b) => a + b, 0) - signs.reduce((a, b) => a + b, 0);
    const ties = list.filter((i) => prediction[i] === p.median).length;
    list.forEach((i, k) => {
      const tied = prediction[i] === p.median ? toMedian / ties : 0;
      result.gradient[i] = weight / p.scale * (signs[k]! - leverage * away[k]! + tied);
    });
  }
  return result;
}

/** Lower median, mean absolute deviation and the values in units of it; hats are 0 where the scale is. */
function hats(
  values: ArrayLike<number>,
  list: number[],
): { median: number; scale: number; hat: number[] } {
  const sorted = list.map((i) => values[i]!).sort((a, b) => a - b);
  const median = sorted[(sorted.length - 1) >> 1]!;
  const mad = list.reduce((sum, i) => sum + Math.abs(values[i]! - median), 0) / list.length;
  const scale = mad >= 2 ** -126 ? mad : 0;
  const hat = list.map((i) => scale > 0 ? (values[i]! - median) / scale : 0);
  return { median, scale, hat };
}
