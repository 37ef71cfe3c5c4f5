/**
 * The affine-invariant loss sends a large part of its gradient to one pixel, the median. Where float noise is larger
 * than the gap to its neighbour, chance decides which pixel that is, and steps later the losses are percents apart. The
 * reference lists its pixels: where ours differs by no more than the reference's own noise, the two predictions are
 * exchanged before the loss, so that what is compared is the arithmetic and not the luck.
 *
 * @module
 */

/** What `case.json` lists of a run. */
export interface ListedMedians {
  /** By step, then image. */
  readonly median_per_step_float32?: readonly (readonly { readonly index: number }[])[];
  /** Whether the float64 run has the same pixel: where not, the run has forked already. */
  readonly median_same_pixel_as_float64?: readonly (readonly boolean[])[];
  readonly noise?: { readonly train_output_per_step?: readonly number[] };
}

/** Index of the lower median among the pixels of a mask. */
export function medianPixel(values: Float32Array, mask: Float32Array): number {
  const valid = Array.from(values.keys()).filter((i) => mask[i]! > 0);
  valid.sort((a, b) => values[a]! - values[b]!);
  return valid[(valid.length - 1) >> 1]!;
}

/**
 * What to add to a prediction so that its medians lie where the reference's do, zero nearly everywhere.
 *
 * @param output `[N, H, W]`, as predicted in this step
 * @param mask likewise
 * @param step from 1 on
 * @returns undefined where nothing is to be done, or the pixels are further apart than noise
 */
export function medianPin(
  output: Float32Array,
  mask: Float32Array,
  listed: ListedMedians,
  step: number,
): Float32Array | undefined {
  const medians = listed.median_per_step_float32?.[step - 1] ?? [];
  const noise = listed.noise?.train_output_per_step?.[step - 1] ?? 0;
  let pin: Float32Array | undefined;
  medians.forEach(({ index: want }, image) => {
    if (!listed.median_same_pixel_as_float64?.[step - 1]?.[image]) return;
    const plane = output.length / medians.length;
    const range = [image * plane, (image + 1) * plane] as const;
    const own = output.subarray(...range);
    const found = medianPixel(own, mask.subarray(...range));
    const apart = own[found]! - own[want]!;
    if (found === want || Math.abs(apart) > noise) return;
    pin ??= new Float32Array(output.length);
    pin[range[0] + want] = apart;
    pin[range[0] + found] = -apart;
  });
  return pin;
}
