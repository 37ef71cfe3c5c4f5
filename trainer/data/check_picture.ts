/** Which pictures are refused before they are decoded, as sharp would scramble them without a word. */

import type { Metadata } from "sharp";

/** @throws {RangeError} with the reason and what to do */
export function checkPicture({ channels, depth, space }: Metadata): void {
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
