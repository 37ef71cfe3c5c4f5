/** Linear light of a high dynamic range, as EXR, Radiance and TIFF of floats hold it. */

/** A linear-light image, row 0 on top. */
export interface LinearImage {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 3]`, red green blue, linear, any range; never NaN, infinite or negative. */
  readonly rgb: Float32Array;
}

/** What a decoder gives: `[height, width, channels]`, red, green and blue first. */
export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** The light of a decoded file. @param options `upsideDown`: its bottom row comes first */
export function linearImage(
  { width, height, data }: Decoded,
  { upsideDown = false }: { upsideDown?: boolean } = {},
): LinearImage {
  const channels = data.length / (width * height);
  const rgb = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = (upsideDown ? height - 1 - y : y) * width;
    for (let x = 0; x < width; x++) {
      const from = (row + x) * channels;
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = clean(data[from + c]!);
    }
  }
  return { width, height, rgb };
}

/** Broken pixels of real files (NaN, negative, infinite) become finite light. */
function clean(value: number): number {
  return value > 0 ? Math.min(value, 65504) : 0;
}
