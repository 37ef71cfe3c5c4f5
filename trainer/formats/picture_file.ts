/** Pictures as PNG and JPEG files, through sharp. */

import sharp from "sharp";
import { writeFileAtomic } from "./atomic_file.ts";
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

/**
 * Write a picture; the ending of the path chooses PNG or JPEG.
 *
 * @throws {RangeError} if the path ends in neither
 */
export async function writePicture(path: string, picture: Tile): Promise<void> {
  if (/\.png$/i.test(path)) await writeFileAtomic(path, await encodePng(picture));
  else if (/\.jpe?g$/i.test(path)) await writeFileAtomic(path, await encodeJpeg(picture));
  else {throw new RangeError(
      `Cannot write picture "${path}" as its ending is not .png, .jpg or .jpeg`,
    );}
}
