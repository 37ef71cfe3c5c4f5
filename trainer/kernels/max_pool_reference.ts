import type { Shape } from "../gpu/tensor.ts";

/**
 * Largest of 3 x 3 windows, stride 2, padding 1, and the index in x that it came from (the first of equal ones; NaN wins).
 * x: [N, H, W, C] -> [N, ceil(H / 2), ceil(W / 2), C].
 */
export function maxPool(
  x: ArrayLike<number>,
  shape: Shape,
): { y: Float64Array; from: Uint32Array } {
  const [images, height, width, channels] = shape as [number, number, number, number];
  const [outHeight, outWidth] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const y = new Float64Array(images * outHeight * outWidth * channels).fill(-Infinity);
  const from = new Uint32Array(y.length);
  for (let i = 0; i < y.length; i++) {
    const c = i % channels;
    const column = Math.floor(i / channels) % outWidth;
    const row = Math.floor(i / channels / outWidth) % outHeight;
    const image = Math.floor(i / channels / outWidth / outHeight);
    let found = false;
    for (let h = 2 * row - 1; h <= 2 * row + 1; h++) {
      for (let w = 2 * column - 1; w <= 2 * column + 1; w++) {
        if (h < 0 || h >= height || w < 0 || w >= width) continue;
        const at = ((image * height + h) * width + w) * channels + c;
        const v = x[at]!;
        if (found && !(v > y[i]!) && !Number.isNaN(v)) continue;
        [y[i], from[i], found] = [v, at, true];
      }
    }
  }
  return { y, from };
}
