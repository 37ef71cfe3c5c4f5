/** Linear light of a high dynamic range, as EXR, Radiance and TIFF of floats hold it. */

/** A linear-light image, row 0 on top. */
export interface LinearImage {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 3]`, red green blue, linear, any range; never NaN, infinite or negative. */
  readonly rgb: Float32Array;
  /** `[height, width]`, 0..1, how much of a pixel is there; light is not multiplied by it. Absent where all are. */
  readonly alpha?: Float32Array;
}

/** What a decoder gives: `[height, width, channels]`, red, green, blue, and alpha if they are four. */
export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * The light of a decoded file.
 *
 * @param options `upsideDown`: its bottom row comes first; `multiplied`: its light is multiplied by alpha
 */
export function linearImage(
  { width, height, data }: Decoded,
  { upsideDown = false, multiplied = false }: { upsideDown?: boolean; multiplied?: boolean } = {},
): LinearImage {
  const channels = data.length / (width * height);
  const rgb = new Float32Array(width * height * 3);
  const alpha = new Float32Array(width * height).fill(1);
  for (let y = 0; y < height; y++) {
    const row = (upsideDown ? height - 1 - y : y) * width;
    for (let x = 0; x < width; x++) {
      const [from, to] = [(row + x) * channels, y * width + x];
      if (channels > 3) alpha[to] = Math.min(clean(data[from + 3]!), 1);
      const share = multiplied && alpha[to]! > 0 ? alpha[to]! : 1;
      for (let c = 0; c < 3; c++) rgb[to * 3 + c] = clean(data[from + c]! / share);
    }
  }
  return alpha.every((value) => value === 1)
    ? { width, height, rgb }
    : { width, height, rgb, alpha };
}

/** Whether a pixel shows something, by the rule for pictures. */
export function isSeen({ alpha }: LinearImage, pixel: number): boolean {
  return alpha === undefined || alpha[pixel]! >= 0.5;
}

/** Broken pixels of real files (NaN, negative, infinite) become finite light. */
function clean(value: number): number {
  return value > 0 ? Math.min(value, 65504) : 0;
}
