/** Which pictures are refused before they are decoded, as sharp would scramble them or call them damaged. */

import type { Metadata } from "sharp";

/** Pixels that sharp decodes at most: its own limit, against files that take all memory. */
const MOST_PIXELS = 0x3fff ** 2;

/** @throws {RangeError} with the reason and what to do */
export function checkPicture({ width, height, channels, depth, space }: Metadata): void {
  if (width * height > MOST_PIXELS) {
    const most = Math.floor(MOST_PIXELS / 1e6);
    throw new RangeError(
      `it has ${width}x${height} pixels, at most ${most} megapixels are read: make it smaller`,
    );
  }
  // Channels beyond alpha stay in what sharp decodes: each pixel would shift those after it.
  if (channels > (COLOURS[space] ?? 3) + 1) {
    throw new RangeError(`it has ${channels} channels: save it as RGB or RGBA`);
  }
  if (!["uchar", "ushort", "float"].includes(depth)) { // their range is taken for that of bytes
    throw new RangeError(`its depth is "${depth}": save it with 8 or 16 bits`);
  }
  if (depth === "float" && space === "grey16") { // sharp rounds them to whole numbers
    throw new RangeError("its greys are floats of 16 bits: save it with 32 bits or as RGB");
  }
}

/** Channels besides alpha, where they are not three. */
const COLOURS: Readonly<Record<string, number>> = { "b-w": 1, grey16: 1, cmyk: 4 };
