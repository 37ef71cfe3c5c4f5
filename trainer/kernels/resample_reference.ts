/** Resampling in plain loops: the twin of `resample.wgsl`, in double precision. */
import type { Taps } from "@depth-anywhere/geometry";

/** The batch as the twin sees it: pixels per image on both sides, block sizes as in the kernel. */
export interface ResampleReferenceLayout {
  readonly images: number;
  readonly channels: number;
  /** Pixels of a face where the input is face-major, else pixels of an image. */
  readonly inputBlock: number;
  /** Likewise for the output. */
  readonly outputBlock: number;
}

/** y of x. @param maps one for all images, or one each */
export function resampleReference(
  x: ArrayLike<number>,
  maps: readonly Taps[],
  { images, channels, inputBlock, outputBlock }: ResampleReferenceLayout,
): Float64Array {
  const { outputs, taps } = maps[0]!;
  const y = new Float64Array(images * outputs * channels);
  const place = (image: number, pixel: number, block: number): number =>
    (Math.floor(pixel / block) * images + image) * block + pixel % block;
  for (let n = 0; n < images; n++) {
    const { index, weight } = maps[maps.length === 1 ? 0 : n]!;
    for (let p = 0; p < outputs; p++) {
      const to = place(n, p, outputBlock) * channels;
      for (let e = p * taps; e < (p + 1) * taps; e++) {
        if (weight[e] === 0) continue;
        const from = place(n, index[e]!, inputBlock) * channels;
        for (let c = 0; c < channels; c++) y[to + c]! += weight[e]! * x[from + c]!;
      }
    }
  }
  return y;
}
