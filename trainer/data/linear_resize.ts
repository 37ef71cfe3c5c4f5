/** Resizing of linear-light panoramas. */

import type { LinearImage } from "../formats/linear_image.ts";

/** One output sample along an axis: source positions and their weights, which sum to 1. */
interface Taps {
  readonly at: Int32Array;
  readonly weight: Float64Array;
  readonly count: number;
}

/**
 * Resize by area when shrinking and linearly when enlarging, pixel centres at +0.5. Columns wrap around the
 * sphere, rows end at the poles. No overshoot, so a sun of 60 000 makes no dark ring.
 *
 * @param image `[h, w, 3]`
 * @param width wanted pixels per row
 * @param height wanted rows
 */
export function resizeLinear(image: LinearImage, width: number, height: number): LinearImage {
  if (image.width === width && image.height === height) return image;
  const columns = taps(image.width, width, true);
  const rows = taps(image.height, height, false);
  const across = new Float32Array(width * image.height * 3); // [h, width, 3]
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = x * columns.count; k < (x + 1) * columns.count; k++) {
        const from = (y * image.width + columns.at[k]!) * 3;
        const to = (y * width + x) * 3;
        for (let c = 0; c < 3; c++) across[to + c]! += columns.weight[k]! * image.rgb[from + c]!;
      }
    }
  }
  const rgb = new Float32Array(width * height * 3); // [height, width, 3]
  for (let y = 0; y < height; y++) {
    for (let k = y * rows.count; k < (y + 1) * rows.count; k++) {
      const [from, to, weight] = [rows.at[k]! * width * 3, y * width * 3, rows.weight[k]!];
      for (let i = 0; i < width * 3; i++) rgb[to + i]! += weight * across[from + i]!;
    }
  }
  return { width, height, rgb };
}

/** A tent as wide as the larger of a source and an output pixel: area-like when shrinking, linear when enlarging. */
function taps(source: number, size: number, wrap: boolean): Taps {
  const step = source / size;
  const radius = Math.max(1, step);
  const count = Math.ceil(2 * radius) + 1;
  const at = new Int32Array(size * count);
  const weight = new Float64Array(size * count);
  for (let i = 0; i < size; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const first = Math.ceil(centre - radius);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const position = first + k;
      const w = Math.max(0, 1 - Math.abs(position - centre) / radius);
      at[i * count + k] = wrap
        ? (position % source + source) % source
        : Math.min(Math.max(position, 0), source - 1);
      weight[i * count + k] = w;
      sum += w;
    }
    for (let k = 0; k < count; k++) weight[i * count + k]! /= sum;
  }
  return { at, weight, count };
}
