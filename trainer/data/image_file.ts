/** One image file as a panorama: decoded, checked, oriented, resized. Every failure is an Error with the reason. */

import sharp from "sharp";
import { decodeExr, decodeRadiance } from "../formats/hdr_image.ts";
import { resizeLinear } from "./linear_resize.ts";
import { decodeWrapped } from "./wrapped_resize.ts";
import { byteImage, exposedImage, LEAST_VALID, type PanoramaImage } from "./panorama_image.ts";

/** File name endings that are taken for images, lower case. */
export const IMAGE_ENDINGS: readonly string[] = [
  "jpg",
  "jpeg",
  "png",
  "webp",
  "avif",
  "tif",
  "tiff",
  "exr",
  "hdr",
];

const LEAST_HEIGHT = 32;

type Bytes = Uint8Array<ArrayBuffer>;

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
  const bytes = await Deno.readFile(path);
  if (bytes.length === 0) throw new Error("it is empty");
  const mask = maskPath === undefined ? undefined : await readMask(maskPath, height);
  if (/\.(exr|hdr)$/i.test(path)) {
    const decode = /\.exr$/i.test(path) ? decodeExr : decodeRadiance;
    const image = decode(bytes, path);
    checkSize(image.width, image.height);
    checkContent(image.rgb, 3, 1e-6);
    return exposedImage(resizeLinear(image, 2 * height, height), checkedMask(mask));
  }
  const { rgba, hasAlpha } = await decodeBytes(bytes, height);
  const valid = checkedMask(hasAlpha ? withAlpha(rgba, mask) : mask);
  checkContent(rgba, 4, 4);
  return byteImage(rgba, 2 * height, height, valid);
}

/** The picture at `[height, 2 height]`, RGBA. */
async function decodeBytes(
  bytes: Bytes,
  height: number,
): Promise<{ rgba: Bytes; hasAlpha: boolean }> {
  try {
    const meta = await sharp(bytes).metadata();
    checkSize(meta.autoOrient.width, meta.autoOrient.height);
    const rgba = await decodeWrapped(bytes, meta.autoOrient, height);
    return { rgba, hasAlpha: meta.hasAlpha };
  } catch (error) {
    throw error instanceof RangeError ? error : new Error(sharpReason(error as Error));
  }
}

/** Why sharp could not decode an image, for people. */
export function sharpReason({ message }: Error): string {
  if (/unsupported image format/i.test(message)) {
    return "it is not an image of a known format";
  }
  return `it is damaged or cut off (${message.trim().split("\n")[0]})`;
}

function checkSize(width: number, height: number): void {
  if (Math.abs(width - 2 * height) > 2) {
    throw new RangeError(`width must be twice height: current size is ${width}x${height}`);
  }
  if (height < LEAST_HEIGHT) {
    throw new RangeError(
      `it must be at least ${2 * LEAST_HEIGHT}x${LEAST_HEIGHT}: current size is ${width}x${height}`,
    );
  }
}

/** Throw if no channel of three varies by more than `tolerance`: a black or single-coloured image. */
function checkContent(data: ArrayLike<number>, stride: number, tolerance: number): void {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < data.length; i += stride) {
    for (let c = 0; c < 3; c++) {
      low[c] = Math.min(low[c]!, data[i + c]!);
      high[c] = Math.max(high[c]!, data[i + c]!);
    }
  }
  if (high.some((value, c) => value - low[c]! > tolerance)) return;
  throw new Error(
    Math.max(...high) <= tolerance ? "it is black everywhere" : "it is the same colour everywhere",
  );
}

/** A mask image at `[height, 2 height]`, nearest, 1 where it is brighter than half. */
async function readMask(path: string, height: number): Promise<Bytes> {
  try {
    const bytes = await Deno.readFile(path);
    const meta = await sharp(bytes).metadata();
    checkSize(meta.autoOrient.width, meta.autoOrient.height);
    const grey = await sharp(bytes).autoOrient().removeAlpha().toColourspace("b-w")
      .resize(2 * height, height, { fit: "fill", kernel: "nearest" }).raw({ depth: "uchar" })
      .toBuffer();
    return Uint8Array.from(grey, (value) => value > 127 ? 1 : 0);
  } catch (error) {
    const reason = error instanceof RangeError ? error.message : sharpReason(error as Error);
    throw new Error(`its mask "${path}" is unusable: ${reason}`);
  }
}

/** A mask that also leaves out transparent pixels. */
function withAlpha(rgba: Bytes, mask: Bytes | undefined): Bytes {
  return Uint8Array.from(
    { length: rgba.length / 4 },
    (_, i) => rgba[i * 4 + 3]! > 127 ? mask?.[i] ?? 1 : 0,
  );
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
