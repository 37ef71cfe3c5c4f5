/**
 * An image file as a panorama at its own size. Every failure is an Error with the reason alone, without the path.
 *
 * @module
 */
import { IDENTITY, type Matrix3 } from "@depth-anywhere/geometry";
import sharp from "sharp";
import { sharpReason } from "../data/image_file.ts";
import { meter, toneMap } from "../data/tone_map.ts";
import { decodeExr, decodeRadiance } from "../formats/hdr_image.ts";
import { readGPano } from "./gpano.ts";
import { padded, type Placement, whole } from "./placement.ts";

/** A decoded image, oriented as its EXIF says. */
export interface InputPanorama {
  /** Columns of the image. */
  readonly width: number;
  /** Rows of the image. */
  readonly height: number;
  /** `[height, width, 4]`, sRGB; pixels with alpha below 128 show nothing. */
  readonly rgba: Uint8Array<ArrayBuffer>;
  /** Where it lies on the sphere. */
  readonly placement: Placement;
  /** From the image's frame to a level one that looks north, as GPano tells; the identity where it does not. */
  readonly pose: Matrix3;
}

const LEAST_HEIGHT = 32;

type Decoded = Omit<InputPanorama, "placement" | "pose"> & { readonly xmp?: string };

/**
 * Decode an image: JPEG, PNG, WebP, TIFF, AVIF, EXR (`.exr`) or Radiance (`.hdr`), the last two tone-mapped.
 *
 * @param options `pad`: place an image of another ratio than 2:1 on the sphere, as `padded()` does
 * @throws {Error} when it cannot be read, is no image, is damaged or cut off, or its metadata do not fit it
 * @throws {RangeError} when it is smaller than 64x32, or not 2:1 and neither its metadata nor `pad` place it
 */
export async function readInput(
  path: string,
  { pad = false }: { pad?: boolean } = {},
): Promise<InputPanorama> {
  const bytes = await readBytes(path);
  if (bytes.length === 0) throw new Error("it is empty");
  const { xmp, ...image } = /\.(exr|hdr)$/i.test(path)
    ? decodeLight(bytes, path)
    : await decodeBytes(bytes);
  const gpano = xmp === undefined ? undefined : readGPano(xmp, image);
  const placement = gpano?.placement ?? placementOf(image, pad);
  if (placement.fullHeight < LEAST_HEIGHT) {
    const size = `${placement.fullWidth}x${placement.fullHeight}`;
    throw new RangeError(
      `it must be at least ${2 * LEAST_HEIGHT}x${LEAST_HEIGHT}: current size is ${size}`,
    );
  }
  if (!image.rgba.some((value, i) => i % 4 === 3 && value > 127)) {
    throw new Error("it is transparent everywhere");
  }
  return { ...image, placement, pose: gpano?.pose ?? IDENTITY };
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new Error(
      error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message,
      { cause: error },
    );
  }
}

function placementOf(image: Decoded, pad: boolean): Placement {
  const { width, height } = image;
  if (Math.abs(width - 2 * height) <= 2) return whole(image);
  if (pad) return padded(image);
  throw new RangeError(
    `width must be twice height: current size is ${width}x${height}; --pad places it on the sphere`,
  );
}

async function decodeBytes(bytes: Uint8Array): Promise<Decoded> {
  try {
    const { autoOrient: { width, height }, xmpAsString } = await sharp(bytes).metadata();
    const pixels = await sharp(bytes).autoOrient().toColourspace("srgb").ensureAlpha()
      .raw({ depth: "uchar" }).toBuffer();
    const rgba = new Uint8Array(pixels.buffer as ArrayBuffer, pixels.byteOffset, pixels.length);
    return { width, height, rgba, ...(xmpAsString && { xmp: xmpAsString }) };
  } catch (error) {
    throw new Error(sharpReason(error as Error), { cause: error });
  }
}

function decodeLight(bytes: Uint8Array, path: string): Decoded {
  const image = (/\.exr$/i.test(path) ? decodeExr : decodeRadiance)(bytes, path);
  return { ...image, rgba: toneMap(image, meter(image), 0) };
}
