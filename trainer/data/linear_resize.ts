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
 * sphere, rows end at the poles. No overshoot, so a sun of 60 000 makes no dark ring; what is transparent sheds no light on
 * what is not.
 *
 * @param width wanted pixels per row
 * @param height wanted rows
 */
export function resizeLinear(image: LinearImage, width: number, height: number): LinearImage {
  if (image.width === width && image.height === height) return image;
  const columns = taps(image.width, width, true);
  const rows = taps(image.height, height, false);
  const resized = (data: Float32Array, channels: number) =>
    downwards(across(data, image, channels, columns, width), rows, width * channels, height);
  if (!image.alpha) return { width, height, rgb: resized(image.rgb, 3) };
  const { alpha: share } = image;
  const alpha = resized(share, 1);
  const light = resized(image.rgb.map((value, i) => value * share[Math.floor(i / 3)]!), 3);
  const rgb = light.map((value, i) => value / (alpha[Math.floor(i / 3)]! || 1));
  return { width, height, rgb, alpha };
}

/** `[size.height, width, channels]` of `[size.height, size.width, channels]`. */
function across(
  data: Float32Array,
  size: { readonly width: number; readonly height: number },
  channels: number,
  columns: Taps,
  width: number,
): Float32Array {
  const out = new Float32Array(width * size.height * channels);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * channels;
      for (let k = x * columns.count; k < (x + 1) * columns.count; k++) {
        const from = (y * size.width + columns.at[k]!) * channels;
        for (let c = 0; c < channels; c++) out[to + c]! += columns.weight[k]! * data[from + c]!;
      }
    }
  }
  return out;
}

/** Rows of `length` values, made `height` of them. */
function downwards(data: Float32Array, rows: Taps, length: number, height: number): Float32Array {
  const out = new Float32Array(length * height);
  for (let y = 0; y < height; y++) {
    for (let k = y * rows.count; k < (y + 1) * rows.count; k++) {
      const [from, to, weight] = [rows.at[k]! * length, y * length, rows.weight[k]!];
      for (let i = 0; i < length; i++) out[to + i]! += weight * data[from + i]!;
    }
  }
  return out;
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
