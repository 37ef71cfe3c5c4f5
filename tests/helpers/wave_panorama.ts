/**
 * Panoramas of coloured waves as image files.
 *
 * @module
 */

/** What is drawn. */
export interface Waves {
  /** Others for another seed. */
  readonly seed: number;
  /** Rows; the width is twice that. 64 when left out. */
  readonly height?: number;
}

/** Write one; the ending of the path tells the format. */
export async function writeWaves(path: string, { seed, height = 64 }: Waves): Promise<void> {
  const { default: sharp } = await import("sharp"); // wants permissions to load
  const width = 2 * height;
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return 128 + 60 * Math.sin(x * (c + 1) * Math.PI / 64 + seed) + 60 * Math.sin(y / 9 + c * seed);
  });
  await sharp(rgb, { raw: { width, height, channels: 3 } }).toFile(path);
}
