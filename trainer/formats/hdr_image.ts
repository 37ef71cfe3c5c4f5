/**
 * Linear high-dynamic-range images: OpenEXR (every scanline compression: none, RLE, ZIP, PIZ, PXR24, B44, DWA)
 * and Radiance `.hdr`, decoded by three's loaders, which work without a page.
 */

import { EXRLoader } from "three/addons/loaders/EXRLoader.js";
import { HDRLoader } from "three/addons/loaders/HDRLoader.js";
import { wholeRows } from "./radiance_rows.ts";

/** A linear-light image, row 0 on top. */
export interface LinearImage {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 3]`, red green blue, linear, any range; never NaN, infinite or negative. */
  readonly rgb: Float32Array;
}

const FLOAT_TYPE = 1015; // three.FloatType, spelled out to keep the rest of three out of the import graph

/**
 * Decode an OpenEXR file with R, G, B (or only Y) channels of half or float.
 *
 * @param bytes the whole file
 * @param name what to call it in errors
 * @throws {SyntaxError} if it is not EXR, is torn, or has another kind of channels
 */
export function decodeExr(bytes: Uint8Array, name: string): LinearImage {
  return linear(load(bytes, name, "EXR", new EXRLoader()), true);
}

/**
 * Decode a Radiance `.hdr` (RGBE) file.
 *
 * @param bytes the whole file
 * @param name what to call it in errors
 * @throws {SyntaxError} if it is not Radiance, is torn, or is cut off
 */
export function decodeRadiance(bytes: Uint8Array, name: string): LinearImage {
  const image = load<Loaded & { header: string }>(bytes, name, "Radiance HDR", new HDRLoader());
  const rows = wholeRows(bytes.subarray(image.header.length), image.width, image.height);
  if (rows < image.height) {
    throw new SyntaxError(`it is cut off: row ${rows + 1} of ${image.height} is not whole`);
  }
  return linear(image, false);
}

interface Loader {
  type: unknown;
  parse(buffer: ArrayBuffer): unknown;
}

/** What a loader gives: `[height, width, 4]`. */
interface Loaded {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

function load<I extends Loaded>(
  bytes: Uint8Array,
  name: string,
  kind: string,
  loader: Loader,
): I {
  loader.type = FLOAT_TYPE;
  try {
    return loader.parse(bytes.slice().buffer) as I;
  } catch (error) {
    const reason = (error as Error).message.replace(/^THREE\.\w+: /, "");
    throw new SyntaxError(`Cannot decode "${name}" as ${kind} because ${reason}`);
  }
}

function linear({ width, height, data }: Loaded, flip: boolean): LinearImage {
  const rgb = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = (flip ? height - 1 - y : y) * width; // EXRLoader puts the bottom row first
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = clean(data[(row + x) * 4 + c]!);
    }
  }
  return { width, height, rgb };
}

/** Broken pixels of real files (NaN, negative, infinite) become finite light. */
function clean(value: number): number {
  return value > 0 ? Math.min(value, 65504) : 0;
}
