/**
 * True depth from 16-bit PNG files, as Matterport3D, Stanford2D3D and Structured3D store it: distance along the
 * ray in steps of 1/unit metres, 0 where unknown.
 *
 * @module
 */
import sharp from "sharp";

/** The numbers of a depth file. */
export interface DepthPixels {
  readonly height: number;
  readonly width: number;
  /** `[height, width]`. */
  readonly values: ArrayLike<number>;
}

/** A panorama's true distances. */
export interface DepthLabel {
  readonly height: number;
  readonly width: number;
  /** Metres along the ray, `[height, width]`; 0 where unknown, at most `maximum + 1`. */
  readonly distance: Float32Array<ArrayBuffer>;
  /** 1 where `0 < distance <= maximum`, `[height, width]`. */
  readonly valid: Uint8Array<ArrayBuffer>;
}

/** How numbers become distances. */
export interface DepthLabelOptions {
  /** Steps per metre; 1 when the numbers are metres. */
  readonly unit: number;
  /** Largest valid distance, metres; 10 by default. */
  readonly maximum?: number;
  /** Rows wanted; those of the file by default. */
  readonly height?: number;
  /** Columns wanted; those of the file by default. */
  readonly width?: number;
}

/**
 * Reads a 16-bit greyscale PNG.
 *
 * @param path the file
 * @returns its numbers, `[height, width]`
 * @throws {SyntaxError} if it cannot be decoded
 * @throws {TypeError} if it is not a 16-bit greyscale PNG
 */
export async function readDepthPng(path: string): Promise<DepthPixels> {
  const bytes = await Deno.readFile(path);
  try {
    const { format, depth, channels } = await sharp(bytes).metadata();
    if (format !== "png" || depth !== "ushort" || channels !== 1) {
      throw new TypeError(
        `it is not a 16-bit greyscale PNG: current form is ${format}, ${depth}, ${channels} channels`,
      );
    }
    const { data, info: { height, width } } = await sharp(bytes, { failOn: "truncated" })
      .toColourspace("grey16").raw({ depth: "ushort" }).toBuffer({ resolveWithObject: true });
    const values = new Uint16Array(height * width);
    new Uint8Array(values.buffer).set(data);
    return { height, width, values };
  } catch (error) {
    const reason = `Cannot read depth "${path}": ${(error as Error).message}`;
    throw error instanceof TypeError ? new TypeError(reason) : new SyntaxError(reason);
  }
}

/**
 * Distances and valid pixels of a depth file. A file of another size is resized by nearest picks
 * (`floor(i · before / after)`); there is no special number besides 0, so 65535 is a distance like others and
 * usually too far to be valid.
 *
 * @param pixels the file's numbers
 * @param options unit, range and size
 * @returns distances and the pixels that are valid
 * @throws {RangeError} if the unit, maximum or a size is not positive
 */
export function depthLabel(pixels: DepthPixels, options: DepthLabelOptions): DepthLabel {
  const { unit, maximum = 10, height = pixels.height, width = pixels.width } = options;
  if (!(unit > 0 && maximum > 0 && height > 0 && width > 0)) {
    throw new RangeError(
      `Cannot make a depth label as unit, maximum and size must be positive: ` +
        `current unit is ${unit}, maximum ${maximum}, size ${width}x${height}`,
    );
  }
  const distance = new Float32Array(height * width);
  const valid = new Uint8Array(height * width);
  for (let row = 0, p = 0; row < height; row++) {
    const from = Math.floor((row * pixels.height) / height) * pixels.width;
    for (let column = 0; column < width; column++, p++) {
      const metres = pixels.values[from + Math.floor((column * pixels.width) / width)]! / unit;
      distance[p] = metres > 0 ? Math.min(metres, maximum + 1) : 0; // NaN and negative numbers: unknown
      valid[p] = distance[p]! > 0 && distance[p]! <= maximum ? 1 : 0;
    }
  }
  return { height, width, distance, valid };
}

/**
 * Target of a student that predicts disparity: 1/distance, its minimum over the valid pixels moved to 0 and
 * its maximum to 1 (the released loader). 0 where invalid. If all valid distances are equal, or none is
 * valid, everything is 0, where the released loader gives NaN or fails.
 *
 * @param label distances and valid pixels
 * @returns `[height, width]`, in [0, 1]
 */
export function disparityTarget({ distance, valid }: DepthLabel): Float32Array<ArrayBuffer> {
  let low = Infinity;
  let high = -Infinity;
  for (let p = 0; p < distance.length; p++) {
    if (!valid[p]) continue;
    low = Math.min(low, 1 / distance[p]!);
    high = Math.max(high, 1 / distance[p]!);
  }
  const range = high > low ? high - low : Infinity;
  return distance.map((d, p) => valid[p] ? (1 / d - low) / range : 0);
}
