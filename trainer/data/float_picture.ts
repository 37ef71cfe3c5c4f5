/** TIFF of floats: light as in EXR, not colours of a screen. */

import sharp, { type Metadata } from "sharp";
import { type LinearImage, linearImage } from "../formats/linear_image.ts";

/** Whether a picture holds light; floats of another space, such as Lab, are colours. */
export function holdsLight({ depth, space }: Metadata): boolean {
  return depth === "float" && (space === "scrgb" || space === "b-w");
}

/** Its light, upright. @throws {Error} sharp's, if the file is damaged */
export async function decodeLight(
  bytes: Uint8Array<ArrayBuffer>,
  { space }: Metadata,
): Promise<LinearImage> {
  const image = sharp(bytes, { ignoreIcc: true }).autoOrient(); // a profile would bend and clip them
  // Greys only become three of the same on the way to sRGB, and would be taken for encoded on the way to scRGB.
  const { data, info: { width, height } } = await image
    .toColourspace(space === "b-w" ? "srgb" : "scrgb").raw({ depth: "float" })
    .toBuffer({ resolveWithObject: true });
  return linearImage({ width, height, data: new Float32Array(new Uint8Array(data).buffer) });
}
