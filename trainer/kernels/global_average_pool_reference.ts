import type { Shape } from "../gpu/tensor.ts";

/** Mean over H and W. x: [N, H, W, C] -> [N, C]. */
export function globalAveragePool(x: ArrayLike<number>, shape: Shape): Float64Array {
  const [images, height, width, channels] = shape as [number, number, number, number];
  const pixels = height * width;
  const y = new Float64Array(images * channels);
  for (let i = 0; i < x.length; i++) {
    const image = Math.floor(i / channels / pixels);
    y[image * channels + i % channels]! += x[i]! / pixels;
  }
  return y;
}
