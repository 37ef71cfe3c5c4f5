import type { Shape } from "../gpu/tensor.ts";

/** y[n, pixel, c] = x[n, pixel, c] * s[n, c]. x: [N, H, W, C], s: [N, C]. */
export function multiplyChannels(
  x: ArrayLike<number>,
  s: ArrayLike<number>,
  shape: Shape,
): Float64Array {
  const [_, height, width, channels] = shape as [number, number, number, number];
  return Float64Array.from(x, (v, i) => {
    const image = Math.floor(i / channels / (height * width));
    return v * s[image * channels + i % channels]!;
  });
}
