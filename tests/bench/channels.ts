/** Between `[N, C, H, W]` of the files and channels last, which the GPU engines want. */

/** To `[N, H, W, padded]`, zeros behind the C channels. */
export function channelsLast(
  data: Float32Array,
  shape: readonly number[],
  padded = shape[1]!,
): Float32Array<ArrayBuffer> {
  const [n, c, h, w] = shape as [number, number, number, number];
  const out = new Float32Array(n * h * w * padded);
  for (let image = 0; image < n; image++) {
    for (let k = 0; k < c; k++) {
      const from = (image * c + k) * h * w;
      for (let p = 0; p < h * w; p++) out[(image * h * w + p) * padded + k] = data[from + p]!;
    }
  }
  return out;
}

/** Back; `shape` is that of the result, `[N, C, H, W]`. */
export function channelsFirst(
  data: Float32Array,
  shape: readonly number[],
  padded = shape[1]!,
): Float32Array<ArrayBuffer> {
  const [n, c, h, w] = shape as [number, number, number, number];
  const out = new Float32Array(n * c * h * w);
  for (let image = 0; image < n; image++) {
    for (let k = 0; k < c; k++) {
      const to = (image * c + k) * h * w;
      for (let p = 0; p < h * w; p++) out[to + p] = data[(image * h * w + p) * padded + k]!;
    }
  }
  return out;
}
