/** The twin of `planes.wgsl`: `[N, P, C]` to `[N, C, P]`. */
export function toPlanes(
  x: ArrayLike<number>,
  images: number,
  pixels: number,
  channels: number,
): Float64Array {
  const planes = new Float64Array(x.length);
  for (let n = 0; n < images; n++) {
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c++) {
        planes[(n * channels + c) * pixels + p] = x[(n * pixels + p) * channels + c]!;
      }
    }
  }
  return planes;
}
