/**
 * An image file as a panorama at its own size. Every failure is an Error with the reason alone, without the path.
 *
 * @module
 */
import { IDENTITY, type Matrix3 } from "@depth-anywhere/geometry";
import { checkLeastSize, isPanorama, openImage } from "../data/open_image.ts";
import { meter, toneMap } from "../data/tone_map.ts";
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
  /** The same in 16 bits, where the file has them. */
  readonly deep?: Uint16Array<ArrayBuffer>;
  /** Where it lies on the sphere. */
  readonly placement: Placement;
  /** From the image's frame to a level one that looks north, as GPano tells; the identity where it does not. */
  readonly pose: Matrix3;
}

/** How an image is taken. */
interface InputOptions {
  /** Place an image of another ratio than 2:1 on the sphere, as `padded()` does. */
  readonly pad?: boolean;
}

/**
 * Decode an image: JPEG, PNG, WebP, TIFF, AVIF, EXR (`.exr`) or Radiance (`.hdr`); light is tone-mapped.
 *
 * @throws {Error} when it cannot be read, is no image, is damaged or cut off, or its metadata do not fit it
 * @throws {RangeError} when it is smaller than 64x32, or not 2:1 and neither its metadata nor `pad` place it
 */
export async function readInput(path: string, options: InputOptions = {}): Promise<InputPanorama> {
  const { image, placement, pose } = await openInput(path, options);
  const { width, height } = image;
  const deep = image.kind === "picture" && image.isDeep ? await image.deepPixels() : undefined;
  const rgba = image.kind === "light"
    ? toneMap(image, meter(image), 0)
    : deep
    ? Uint8Array.from(deep, (value) => Math.round(value / 257))
    : await image.pixels();
  if (!rgba.some((value, i) => i % 4 === 3 && value > 127)) {
    throw new Error("it is transparent everywhere");
  }
  return { width, height, rgba, ...(deep && { deep }), placement, pose };
}

/** Columns and rows of an image that can be placed on the sphere, told by its header. @throws as {@link readInput} */
export async function inputSize(
  path: string,
  options: InputOptions,
): Promise<{ width: number; height: number }> {
  return (await openInput(path, options)).image;
}

async function openInput(path: string, { pad = false }: InputOptions) {
  const image = await openImage(path);
  const gpano = image.xmp === undefined ? undefined : readGPano(image.xmp, image);
  const placement = gpano?.placement ?? placementOf(image, pad);
  checkLeastSize({ width: placement.fullWidth, height: placement.fullHeight });
  return { image, placement, pose: gpano?.pose ?? IDENTITY };
}

function placementOf(size: { width: number; height: number }, pad: boolean): Placement {
  if (isPanorama(size)) return whole(size);
  if (pad) return padded(size);
  const { width, height } = size;
  throw new RangeError(
    `width must be twice height: current size is ${width}x${height}; --pad places it on the sphere`,
  );
}
