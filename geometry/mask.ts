import type { Taps } from "./taps.ts";

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
 * Valid-pixel mask after several resamplings, recipe `released`: the mask goes through them as a float32 image
 * and a pixel is valid if `floor(value) === 1`. As in the released code this also loses a few percent of a
 * completely valid mask, where four float32 weights add up to 0.99999994; which pixels those are depends on the
 * order of its arithmetic and cannot be reproduced exactly.
 *
 * @param steps the resamplings of the image, first one first
 * @param mask 1 where valid, 0 elsewhere
 * @returns 1 where valid, 0 elsewhere
 */
export function resampleMaskReleased(
  steps: readonly Taps[],
  mask: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const values = steps.reduce<ArrayLike<number>>(
    (image, taps) => applyInFloat32(taps, image),
    mask,
  );
  return Uint8Array.from(values, (x) => Math.floor(x) === 1 ? 1 : 0);
}

function applyInFloat32(taps: Taps, x: ArrayLike<number>): Float32Array {
  const y = new Float32Array(taps.outputs);
  for (let p = 0, e = 0; p < taps.outputs; p++) {
    for (let k = 0; k < taps.taps; k++, e++) {
      y[p]! += Math.fround(taps.weight[e]! * x[taps.index[e]!]!); // rounds to float32 at every step
    }
  }
  return y;
}
