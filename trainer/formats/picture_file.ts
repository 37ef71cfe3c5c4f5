/** Pictures as PNG and JPEG, through sharp. */

import sharp from "sharp";
import type { Tile } from "./picture.ts";

/** A tile as PNG bytes (lossless). */
export async function encodePng({ rgb, width, height }: Tile): Promise<Uint8Array> {
  return await sharp(rgb, { raw: { width, height, channels: 3 } }).png({ compressionLevel: 6 })
    .toBuffer();
}

/** A tile as JPEG bytes. */
export async function encodeJpeg({ rgb, width, height }: Tile, quality = 90): Promise<Uint8Array> {
  return await sharp(rgb, { raw: { width, height, channels: 3 } }).jpeg({ quality }).toBuffer();
}
