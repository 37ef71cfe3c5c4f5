import { applyTaps, type Taps } from "./taps.ts";

/**
 * Valid-pixel mask after a resampling, recipe `paper`: an output pixel is valid only if it has taps and every
 * tap of weight above 0 reads a valid pixel.
 *
 * @param taps the resampling of the image
 * @param mask 1 (or any other number but 0) where valid, `[inputs]`
 * @returns 1 where valid, 0 elsewhere, `[outputs]`
 *
 * @example One invalid neighbour is enough
 * ```ts
 * import { resampleMask, resizeTaps } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * const taps = resizeTaps({ height: 1, width: 4, toHeight: 1, toWidth: 2 });
 * deepEqual([...resampleMask(taps, [1, 1, 1, 0])], [1, 0]);
 * ```
 */
export function resampleMask(taps: Taps, mask: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const valid = new Uint8Array(taps.outputs);
  for (let p = 0, e = 0; p < taps.outputs; p++) {
    let read = 0;
    let bad = 0;
    for (let k = 0; k < taps.taps; k++, e++) {
      if (taps.weight[e] === 0) continue;
      read++;
      if (mask[taps.index[e]!] === 0) bad++;
    }
    valid[p] = read > 0 && bad === 0 ? 1 : 0;
  }
  return valid;
}

/**
 * Valid-pixel mask after several resamplings, recipe `released`: the mask goes through them as an image and a
 * pixel is valid if `floor(value) === 1`. In the released code, whose weights add up to 0.99999994 here and
 * there, this also loses about 2.5 % of the pixels of a completely valid mask; which ones depends on its
 * float32 rounding and is not reproduced: values are rounded to steps of 2⁻²⁰ first.
 *
 * @param steps the resamplings of the image, first one first
 * @param mask 1 where valid, 0 elsewhere
 * @returns 1 where valid, 0 elsewhere
 */
export function resampleMaskReleased(
  steps: readonly Taps[],
  mask: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const values = steps.reduce<ArrayLike<number>>((image, taps) => applyTaps(taps, image), mask);
  return Uint8Array.from(values, (x) => Math.round(x * 2 ** 20) === 2 ** 20 ? 1 : 0);
}
