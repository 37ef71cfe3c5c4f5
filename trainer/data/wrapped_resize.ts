/** Resizing of panoramas with sharp, across the seam. */

import sharp, { type Sharp } from "sharp";

/** Channels of 8 or of 16 bits. */
export type Pixels = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** Columns that Lanczos 3 reaches over, with one to spare. */
const REACH = 4;

/** Above this many pixels the seam is not worth a second copy of the image in memory. */
const LARGEST = 64e6;

/**
 * Resize an image to `[height, 2 height, 4]` sRGB bytes. Lanczos 3; columns wrap around the sphere, except in images
 * decoded at more than 64 megapixels, where the edge is repeated.
 *
 * @param image upright; one without an alpha channel takes half the time, and is opaque
 * @param size of it
 * @param height wanted rows
 * @param shrinks whether it is a file that can be decoded at a half, a quarter or an eighth of its size, as a JPEG can;
 *   then it is, if at least twice the wanted size is left to the filter
 * @throws {Error} sharp's, if the file is damaged
 */
export async function decodeWrapped(
  image: Sharp,
  size: { readonly width: number; readonly height: number },
  height: number,
  shrinks: boolean = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const by = shrinks ? shrinkOnLoad(size, height) : 1;
  const decoded = { width: size.width / by, height: size.height / by };
  if (!wraps(decoded, 2 * height)) {
    return (await rawBytes(fitted(image, height, "lanczos3").ensureAlpha())).slice();
  }
  // sharp leaves all of such a resize to the JPEG decoder: its inverse transform has so many pixels in the first place
  const pixels = by === 1 ? image : image.resize(decoded.width, decoded.height, { fit: "fill" });
  return await resizeWrapped(await rawBytes(pixels), decoded, height, "lanczos3");
}

/** How many times smaller an image is decoded: only without a rest. */
function shrinkOnLoad({ width, height }: { width: number; height: number }, to: number): number {
  const fits = (by: number) => width % by === 0 && height % by === 0 && height / by >= 2 * to;
  return [8, 4, 2].find(fits) ?? 1;
}

/** `[height, width, channels]`, sRGB bytes, 4 channels of an image with an alpha channel, or 3. @throws {Error} sharp's */
export async function rawBytes(image: Sharp): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, byteOffset, length } = await image.toColourspace("srgb").raw({ depth: "uchar" })
    .toBuffer();
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}

/** The same in 16 bits. */
export async function rawShorts(image: Sharp): Promise<Uint16Array<ArrayBuffer>> {
  const bytes = await image.toColourspace("rgb16").raw({ depth: "ushort" }).toBuffer();
  return new Uint16Array(Uint8Array.from(bytes).buffer);
}

/**
 * Resize a panorama of 8 or 16 bits to `[height, 2 height, 4]`. Columns wrap around the sphere, with the same exception as
 * {@linkcode decodeWrapped}.
 *
 * @param pixels `[size.height, size.width, 4]`, or 3 channels of what is opaque
 * @param kernel `cubic` (Catmull-Rom) or `lanczos3`; as wide as the scale where the image shrinks
 */
export async function resizeWrapped<P extends Pixels>(
  pixels: P,
  size: { readonly width: number; readonly height: number },
  height: number,
  kernel: "cubic" | "lanczos3",
): Promise<P> {
  const width = 2 * height;
  const channels = pixels.length === 3 * size.width * size.height ? 3 : 4;
  if (!wraps(size, width)) {
    const raw = { width: size.width, height: size.height, channels } as const;
    return await rawLike(fitted(sharp(pixels, { raw }), height, kernel), pixels);
  }
  const { source, target } = margins(size.width, width);
  const wide = {
    data: extend(pixels, { ...size, channels }, source),
    raw: { width: size.width + 2 * source, height: size.height, channels } as const,
  };
  const resized = sharp(wide.data, { raw: wide.raw })
    .resize(width + 2 * target, height, { fit: "fill", kernel })
    .extract({ left: target, top: 0, width, height });
  return await rawLike(resized, pixels);
}

/** What sharp has made, of the type of what it was made of; a copy, as sharp's own memory cannot go to another thread. */
async function rawLike<P extends Pixels>(image: Sharp, pixels: P): Promise<P> {
  const whole = image.ensureAlpha();
  const made = pixels instanceof Uint8Array ? (await rawBytes(whole)).slice() : rawShorts(whole);
  return await made as P;
}

function wraps({ width, height }: { width: number; height: number }, to: number): boolean {
  return margins(width, to).source <= width && width * height <= LARGEST;
}

function fitted(image: Sharp, height: number, kernel: "cubic" | "lanczos3"): Sharp {
  return image.resize(2 * height, height, { fit: "fill", kernel });
}

/** Columns to add on each side before and after resizing: whole numbers in the ratio of the widths. */
function margins(from: number, to: number): { source: number; target: number } {
  const common = gcd(from, to);
  const times = Math.max(Math.ceil(REACH / (from / common)), Math.ceil(REACH / (to / common)));
  return { source: from / common * times, target: to / common * times };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Rows with `margin` columns of the other end on each side. */
function extend(
  pixels: Pixels,
  { width, height, channels }: { width: number; height: number; channels: number },
  margin: number,
): Pixels {
  const row = (width + 2 * margin) * channels;
  const wide = pixels instanceof Uint8Array
    ? new Uint8Array(row * height)
    : new Uint16Array(row * height);
  for (let y = 0; y < height; y++) {
    const line = pixels.subarray(y * width * channels, (y + 1) * width * channels);
    wide.set(line.subarray((width - margin) * channels), y * row);
    wide.set(line, y * row + margin * channels);
    wide.set(line.subarray(0, margin * channels), y * row + (margin + width) * channels);
  }
  return wide;
}
