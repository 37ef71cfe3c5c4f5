/** Pictures as PNG and JPEG, through sharp. */

import sharp from "sharp";
import type { Tile } from "./picture.ts";

/**
 * A tile as PNG bytes.
 *
 * @param colors of a palette with dithering, for pictures that are to be small; lossless when left out
 */
export async function encodePng(
  { rgb, width, height }: Tile,
  colors?: number,
): Promise<Uint8Array> {
  const palette = { palette: true, colors, dither: 0.6, effort: 8 };
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png(colors === undefined ? { compressionLevel: 6 } : palette).toBuffer();
}

/** A tile as JPEG bytes. */
export async function encodeJpeg({ rgb, width, height }: Tile, quality = 90): Promise<Uint8Array> {
  return await sharp(rgb, { raw: { width, height, channels: 3 } }).jpeg({ quality }).toBuffer();
}
