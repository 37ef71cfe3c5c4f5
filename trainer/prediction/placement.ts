/**
 * Where an image lies on the sphere: it fills it, or is a part of it as its metadata or `--pad` say.
 *
 * @module
 */

import type { Pixels } from "../data/wrapped_resize.ts";

/** A panorama that an image is a part of, in pixels of that image. */
export interface Placement {
  /** Columns of the whole panorama. */
  readonly fullWidth: number;
  /** Rows of the whole panorama. */
  readonly fullHeight: number;
  /** Column of the panorama that the image's first column is; columns wrap. */
  readonly left: number;
  /** Row of the panorama that the image's first row is. */
  readonly top: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The image is the whole panorama. */
export function whole({ width, height }: Size): Placement {
  return { fullWidth: width, fullHeight: height, left: 0, top: 0 };
}

/**
 * What `--pad` means: a wide image goes around the whole horizon, which lies in its middle; a narrow one reaches from pole to
 * pole and looks ahead.
 */
export function padded({ width, height }: Size): Placement {
  if (width >= 2 * height) {
    const fullHeight = Math.ceil(width / 2);
    return { fullWidth: width, fullHeight, left: 0, top: Math.floor((fullHeight - height) / 2) };
  }
  return {
    fullWidth: 2 * height,
    fullHeight: height,
    left: Math.floor((2 * height - width) / 2),
    top: 0,
  };
}

/** Whether an image of a placement is its whole panorama. */
export function isWhole({ fullWidth, fullHeight }: Placement, { width, height }: Size): boolean {
  return fullWidth === width && fullHeight === height;
}

/**
 * The whole panorama around an image. Outside the image the nearest of its pixels is repeated, sideways the shorter way
 * round, so that a network sees no edge that is not there.
 *
 * @param rgba `[height, width, 4]`, 8 or 16 bits
 * @returns `[fullHeight, fullWidth, 4]`; `rgba` itself when it fills the sphere
 */
export function placeOnSphere<P extends Pixels>(rgba: P, size: Size, placement: Placement): P {
  if (isWhole(placement, size)) return rgba;
  const { fullWidth, fullHeight, top } = placement;
  const words = rgba.BYTES_PER_ELEMENT; // of 32 bits, for the four channels of a pixel
  const from = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.byteLength / 4);
  const full = new Uint32Array(fullWidth * fullHeight * words);
  const columns = Uint32Array.from(
    { length: fullWidth },
    (_, column) => nearestColumn(column, size.width, placement),
  );
  for (let row = 0; row < fullHeight; row++) {
    const line = Math.min(Math.max(row - top, 0), size.height - 1) * size.width;
    for (let column = 0; column < fullWidth; column++) {
      const [to, at] = [row * fullWidth + column, line + columns[column]!];
      for (let k = 0; k < words; k++) full[to * words + k] = from[at * words + k]!;
    }
  }
  return (words === 1 ? new Uint8Array(full.buffer) : new Uint16Array(full.buffer)) as P;
}

/** The image's column at a panorama's, or the nearest. */
function nearestColumn(column: number, width: number, { fullWidth, left }: Placement): number {
  const at = ((column - left) % fullWidth + fullWidth) % fullWidth;
  if (at < width) return at;
  return at - (width - 1) <= fullWidth - at ? width - 1 : 0;
}

/** The image's pixel that a panorama's place falls on, or -1. @param column may lie beyond the seam */
export function pixelAt(
  column: number,
  row: number,
  { width, height }: Size,
  { fullWidth, left, top }: Placement,
): number {
  const x = ((column - left) % fullWidth + fullWidth) % fullWidth;
  const y = row - top;
  return x < width && y >= 0 && y < height ? y * width + x : -1;
}
