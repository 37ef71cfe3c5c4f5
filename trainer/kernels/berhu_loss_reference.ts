/** Reverse Huber loss in plain loops: the twin of `berhu_loss.wgsl`, in double precision. */

/** What differs between the published losses. */
export interface BerhuReferenceOptions {
  readonly variant: "unifuse" | "bifusepp";
  readonly atThreshold: "linear" | "zero";
  /** Pixels of an image. */
  readonly pixels: number;
  /** Thresholds to use instead of 0.2 max e, one per image (to hold them fixed in central differences). */
  readonly thresholds?: readonly number[];
}

/** The loss, and the threshold of each image. */
export function berhuLossReference(
  prediction: ArrayLike<number>,
  target: ArrayLike<number>,
  mask: ArrayLike<number> | undefined,
  { variant, atThreshold, pixels, thresholds }: BerhuReferenceOptions,
): { loss: number; thresholds: number[] } {
  const images = prediction.length / pixels;
  const errors = Array.from({ length: images }, (_, n) => {
    const list: number[] = [];
    for (let i = n * pixels; i < (n + 1) * pixels; i++) {
      if (target[i]! > 0 && Number.isFinite(target[i]!) && (!mask || mask[i]! > 0.5)) {
        list.push(Math.abs(prediction[i]! - target[i]!));
      }
    }
    return list;
  });
  const epsilon = variant === "bifusepp" ? 1e-6 : 0;
  const all = errors.flat();
  const largest = (list: number[]): number => list.reduce((a, b) => Math.max(a, b), 0);
  const used = thresholds ??
    errors.map((list) => 0.2 * largest(variant === "bifusepp" ? list : all));
  let sum = 0;
  errors.forEach((list, n) => {
    const c = used[n]!;
    for (const e of list) {
      if (e === c && atThreshold === "zero") continue;
      sum += e <= c || c === 0 ? e : (e * e + c * c) / (2 * c + epsilon);
    }
  });
  return { loss: sum / (Math.max(all.length, 1) + epsilon), thresholds: [...used] };
}
