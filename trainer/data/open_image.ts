/**
 * An image file, opened: what it is, how large, and its pixels in the orientation that its EXIF tells. Training and prediction
 * read images this way. Every failure is an Error with the reason alone, without the path.
 *
 * @module
 */
import sharp, { type Sharp } from "sharp";
import { checkPicture } from "./check_picture.ts";
import { lightDecoder } from "../formats/hdr_image.ts";
import type { LinearImage } from "../formats/linear_image.ts";
import { decodeLight, holdsLight } from "./float_picture.ts";
import { decodeWrapped, rawBytes, rawShorts } from "./wrapped_resize.ts";

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

/** Rows that a panorama has at least. */
const LEAST_HEIGHT = 32;

/** Columns and rows. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Linear light, from EXR, Radiance or TIFF of floats. */
export interface LightImage extends LinearImage {
  readonly kind: "light";
  /** The XMP packet, if there is one. */
  readonly xmp?: string | undefined;
}

/** A picture of any other format, not decoded yet. */
export interface PictureImage extends Size {
  readonly kind: "picture";
  readonly hasAlpha: boolean;
  /** The XMP packet, if there is one. */
  readonly xmp: string | undefined;
  /** Whether its channels have 16 bits. */
  readonly isDeep: boolean;
  /** `[height, width, 4]`, sRGB bytes. @throws {Error} when it is damaged or cut off */
  pixels(): Promise<Uint8Array<ArrayBuffer>>;
  /** The same in 16 bits. */
  deepPixels(): Promise<Uint16Array<ArrayBuffer>>;
  /** `[rows, 2 rows, 4]`, sRGB bytes, as `decodeWrapped()`. @throws {Error} when it is damaged or cut off */
  resized(rows: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Open an image file: EXR, Radiance, or what sharp reads: JPEG, PNG, WebP, AVIF, TIFF; its bytes tell which, not its name.
 *
 * @throws {Error} when it cannot be read, is empty, damaged, or no image of a known format
 * @throws {RangeError} when it is too large, or its channels or their depth are not those of a picture
 */
export async function openImage(path: string): Promise<LightImage | PictureImage> {
  const bytes = await readBytes(path);
  const decode = lightDecoder(bytes);
  if (decode) return { kind: "light", ...decode(bytes) };
  const unlimited = { limitInputPixels: false, limitInputChannels: false }; // to say what is too much
  const metadata = await telling(() => sharp(bytes, unlimited).metadata());
  checkPicture(metadata);
  if (holdsLight(metadata)) {
    const light = await telling(() => decodeLight(bytes, metadata));
    return { kind: "light", xmp: metadata.xmpAsString, ...light };
  }
  const { autoOrient: size, hasAlpha, xmpAsString: xmp, depth, space, hasProfile } = metadata;
  const shrinks = metadata.format === "jpeg" && (metadata.orientation ?? 1) === 1; // sharp does not, if it turns it
  const upright = (): Sharp => {
    const image = sharp(bytes).autoOrient();
    // sharp takes 16-bit colours with a profile to Display P3 and leaves them there unless it is told where to.
    return space === "rgb16" && hasProfile ? image.withIccProfile("srgb") : image;
  };
  return {
    kind: "picture",
    ...size,
    hasAlpha,
    xmp,
    isDeep: depth === "ushort",
    pixels: () => telling(() => rawBytes(upright().ensureAlpha())),
    deepPixels: () => telling(() => rawShorts(upright().ensureAlpha())),
    resized: (rows) => telling(() => decodeWrapped(upright(), size, rows, shrinks)),
  };
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    const gone = error instanceof Deno.errors.NotFound;
    const link = gone && await Deno.lstat(path).then((info) => info.isSymlink, () => false);
    const absent = link ? "it is a link to nothing" : "there is no such file";
    throw new Error(gone ? absent : (error as Error).message, { cause: error });
  }
  if (bytes.length === 0) throw new Error("it is empty");
  return bytes;
}

/** Do something with sharp; what it throws is said for people. */
export async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(reasonOf((error as Error).message), { cause: error });
  }
}

function reasonOf(message: string): string {
  if (/unsupported image format/i.test(message)) return "it is not an image of a known format";
  if (/samples out of range/.test(message)) {
    return "its samples have more than 32 bits, or it is damaged: save it with 8 or 16 bits";
  }
  return `it is damaged or cut off (${message.trim().split("\n")[0]})`;
}

/** Whether an image has twice as many columns as rows; a row or a column off is a rounding. */
export function isPanorama({ width, height }: Size): boolean {
  return Math.abs(width - 2 * height) <= 2;
}

/** @throws {RangeError} when a panorama is too small to show anything */
export function checkLeastSize({ width, height }: Size): void {
  if (height >= LEAST_HEIGHT) return;
  throw new RangeError(
    `it must be at least ${2 * LEAST_HEIGHT}x${LEAST_HEIGHT}: current size is ${width}x${height}`,
  );
}
