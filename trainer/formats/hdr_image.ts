/**
 * Linear high-dynamic-range images: OpenEXR (every scanline compression: none, RLE, ZIP, PIZ, PXR24, B44, DWA)
 * and Radiance `.hdr`, decoded by three's loaders, which work without a page.
 */

import { EXRLoader } from "three/addons/loaders/EXRLoader.js";
import { HDRLoader } from "three/addons/loaders/HDRLoader.js";
import { type Decoded, type LinearImage, linearImage } from "./linear_image.ts";
import { wholeRows } from "./radiance_rows.ts";

const FLOAT_TYPE = 1015; // three.FloatType, spelled out to keep the rest of three out of the import graph

/** Decoder of a file by its first bytes; undefined where it is of another format. */
export function lightDecoder(bytes: Uint8Array): ((bytes: Uint8Array) => LinearImage) | undefined {
  const begins = (magic: readonly number[]) => magic.every((byte, i) => bytes[i] === byte);
  if (begins([0x76, 0x2f, 0x31, 0x01])) return decodeExr;
  if (begins([0x23, 0x3f])) return decodeRadiance; // "#?"
}

/**
 * Decode an OpenEXR file with R, G, B (or only Y) and perhaps A channels of half or float.
 *
 * @param bytes the whole file
 * @throws {SyntaxError} with the reason, if it is not EXR, is torn, or has another kind of channels
 */
export function decodeExr(bytes: Uint8Array): LinearImage {
  const image = load(bytes, new EXRLoader());
  return linearImage(image, { upsideDown: true, multiplied: true });
}

/**
 * Decode a Radiance `.hdr` (RGBE) file.
 *
 * @param bytes the whole file
 * @throws {SyntaxError} with the reason, if it is not Radiance, is torn, or is cut off
 */
export function decodeRadiance(bytes: Uint8Array): LinearImage {
  const image = load<Decoded & { header: string }>(bytes, new HDRLoader());
  const rows = wholeRows(bytes.subarray(image.header.length), image.width, image.height);
  if (rows < image.height) {
    throw new SyntaxError(`it is cut off: row ${rows + 1} of ${image.height} is not whole`);
  }
  return linearImage(image);
}

interface Loader {
  type: unknown;
  parse(buffer: ArrayBuffer): unknown;
}

function load<I extends Decoded>(bytes: Uint8Array, loader: Loader): I {
  loader.type = FLOAT_TYPE;
  try {
    return loader.parse(bytes.slice().buffer) as I;
  } catch (error) {
    const reason = (error as Error).message.replace(/^THREE\.\w+: /, "");
    throw new SyntaxError(
      /unsupported/.test(reason)
        ? `it is of a kind that is not read (${reason}): save it as scanlines of R, G and B, half or float`
        : `it is damaged or cut off (${reason})`,
      { cause: error },
    );
  }
}
