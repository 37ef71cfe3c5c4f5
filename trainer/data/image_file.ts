/** One image file as a panorama to train on: checked, resized, with its mask. Every failure is an Error with the reason. */

import sharp from "sharp";
import { isSeen } from "../formats/linear_image.ts";
import { resizeLinear } from "./linear_resize.ts";
import { checkLeastSize, isPanorama, openImage, telling } from "./open_image.ts";
import { byteImage, exposedImage, LEAST_VALID, type PanoramaImage } from "./panorama_image.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Raised whenever `readPanorama()` makes other pixels of the same file, so that those that were kept are not used. */
export const PIXELS_VERSION = 1;

/**
 * Decode an image file as a panorama.
 *
 * @param path an image file
 * @param height wanted rows; the width is twice that
 * @param maskPath an image that is white where the panorama is valid
 * @throws {Error} if it cannot be read, is not an image, is damaged, has not twice as many columns as rows (one row
 *   or column off is allowed), is smaller than 64×32, shows one single colour, or is valid on less than 20 %
 */
export async function readPanorama(
  path: string,
  height: number,
  maskPath?: string,
): Promise<PanoramaImage> {
  const image = await openImage(path);
  checkSize(image);
  const mask = maskPath === undefined ? undefined : await readMask(maskPath, height);
  if (image.kind === "light") {
    checkContent(image.rgb, 3, 1e-6);
    const light = resizeLinear(image, 2 * height, height);
    const seen = light.alpha ? without((i) => !isSeen(light, i), height, mask) : mask;
    return exposedImage(light, checkedMask(seen));
  }
  const rgba = await image.resized(height);
  const seen = image.hasAlpha ? without((i) => rgba[i * 4 + 3]! < 128, height, mask) : mask;
  const valid = checkedMask(seen);
  checkContent(rgba, 4, 4);
  return byteImage(rgba, 2 * height, height, valid);
}

function checkSize(size: { readonly width: number; readonly height: number }): void {
  if (!isPanorama(size)) {
    throw new RangeError(
      `width must be twice height: current size is ${size.width}x${size.height}`,
    );
  }
  checkLeastSize(size);
}

/** Throw if no channel of three varies by more than `tolerance`: a black or single-coloured image. */
function checkContent(data: ArrayLike<number>, stride: number, tolerance: number): void {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < data.length; i += stride) {
    for (let c = 0; c < 3; c++) {
      low[c] = Math.min(low[c]!, data[i + c]!);
      high[c] = Math.max(high[c]!, data[i + c]!);
      if (high[c]! - low[c]! > tolerance) return; // after a few pixels of most images
    }
  }
  throw new Error(
    Math.max(...high) <= tolerance ? "it is black everywhere" : "it is the same colour everywhere",
  );
}

/** A mask image at `[height, 2 height]`, nearest, 1 where it is brighter than half. */
async function readMask(path: string, height: number): Promise<Bytes> {
  try {
    const image = await openImage(path);
    checkSize(image);
    if (image.kind === "light") throw new Error("a mask is a picture, white where it is valid");
    const { width } = image;
    const raw = { width, height: image.height, channels: 4 as const };
    const pixels = await image.pixels();
    const grey = await telling(() =>
      sharp(pixels, { raw }).removeAlpha().toColourspace("b-w")
        .resize(2 * height, height, { fit: "fill", kernel: "nearest" }).raw({ depth: "uchar" })
        .toBuffer()
    );
    return Uint8Array.from(grey, (value) => value > 127 ? 1 : 0);
  } catch (error) {
    throw new Error(`its mask "${path}" is unusable: ${(error as Error).message}`);
  }
}

/** A mask of `[height, 2 height]` that also leaves out the pixels that are `hidden`. */
function without(
  hidden: (pixel: number) => boolean,
  height: number,
  mask: Bytes | undefined,
): Bytes {
  return Uint8Array.from({ length: 2 * height * height }, (_, i) => hidden(i) ? 0 : mask?.[i] ?? 1);
}

/** Drop a mask without holes; throw if too little is left (paper, section 3.2). */
function checkedMask(mask: Bytes | undefined): Bytes | undefined {
  if (!mask) return undefined;
  let valid = 0;
  for (const value of mask) valid += value;
  if (valid === mask.length) return undefined;
  if (valid >= LEAST_VALID * mask.length) return mask;
  const percent = (100 * valid / mask.length).toFixed(1);
  throw new Error(
    `only ${percent} % of its pixels are valid: at least ${100 * LEAST_VALID} % are needed`,
  );
}
