import type { Shape } from "../gpu/tensor.ts";

/** y[n, 2h + i, 2w + j, c] = x[n, h, w, 4c + 2i + j]. x: [N, H, W, 4C] -> [N, 2H, 2W, C]. */
export function pixelShuffle(x: ArrayLike<number>, shape: Shape): Float64Array {
  const [images, height, width, inputs] = shape as [number, number, number, number];
  const channels = inputs / 4;
  const y = new Float64Array(x.length);
  for (let n = 0; n < images; n++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < channels; c++) {
          for (let i = 0; i < 2; i++) {
            for (let j = 0; j < 2; j++) {
              const to = ((n * height + h) * 2 + i) * 2 * width + 2 * w + j;
              const from = (n * height + h) * width + w;
              y[to * channels + c] = x[from * inputs + 4 * c + 2 * i + j]!;
            }
          }
        }
      }
    }
  }
  return y;
}
