import type { Shape } from "../gpu/tensor.ts";

/** y[n, h, w] = x[n, h / 2, w / 2]. x: [N, H, W, C] -> [N, 2H, 2W, C]. */
export function upsampleNearest(x: ArrayLike<number>, shape: Shape): Float64Array {
  const [images, height, width, channels] = shape as [number, number, number, number];
  const y = new Float64Array(4 * x.length);
  let i = 0;
  for (let n = 0; n < images; n++) {
    for (let h = 0; h < 2 * height; h++) {
      for (let w = 0; w < 2 * width; w++) {
        const from = (n * height + Math.floor(h / 2)) * width + Math.floor(w / 2);
        for (let c = 0; c < channels; c++) y[i++] = x[from * channels + c]!;
      }
    }
  }
  return y;
}
