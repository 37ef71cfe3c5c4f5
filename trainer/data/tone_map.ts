/** From linear light to an 8-bit picture, as a camera would take it. */

import { isSeen, type LinearImage } from "../formats/linear_image.ts";

/** Light that the exposure maps to 18 % grey, and the light that clips, for one panorama. */
export interface Metering {
  /** Log-average luminance over the sphere. */
  readonly middle: number;
  /** Luminance that 99.5 % of the sphere stays below. */
  readonly bright: number;
}

/**
 * Meter a panorama: every row counts by its solid angle (cos of its latitude), transparent pixels not at all.
 *
 * @returns luminances in the image's units; 1 and 1 for an image without light
 */
export function meter(image: LinearImage): Metering {
  const { width, height, rgb } = image;
  const bins = new Float64Array(2048); // luminance on a log2 scale, 1/64 stop a bin, from 2^-16
  let logSum = 0;
  let total = 0;
  for (let y = 0; y < height; y++) {
    const area = Math.cos(((y + 0.5) / height - 0.5) * Math.PI);
    for (let i = y * width * 3; i < (y + 1) * width * 3; i += 3) {
      const luminance = 0.2126 * rgb[i]! + 0.7152 * rgb[i + 1]! + 0.0722 * rgb[i + 2]!;
      if (!(luminance > 0) || !isSeen(image, i / 3)) continue;
      const stops = Math.log2(luminance);
      logSum += area * stops;
      total += area;
      bins[Math.min(2047, Math.max(0, Math.round((stops + 16) * 64)))]! += area;
    }
  }
  if (total === 0) return { middle: 1, bright: 1 };
  let bin = 2047;
  for (let above = 0; bin > 0 && above + bins[bin]! < 0.005 * total; bin--) above += bins[bin]!;
  return { middle: 2 ** (logSum / total), bright: 2 ** (bin / 64 - 16) };
}

/**
 * Tone-map to sRGB bytes. Light is scaled so that the metered middle is 18 % grey, moved by `stops`, and
 * compressed by y = x (1 + x / w²) / (1 + x) per channel (extended Reinhard et al. 2002, eq. 4), which keeps
 * detail in windows and lamps; w is the metered bright end, between 2 and 16.
 *
 * @param image `[h, w, 3]` linear
 * @param metering of the same panorama
 * @param stops exposure change; +1 is twice the light
 * @returns `[h, w, 4]` red, green, blue, and alpha: 255 where the image has none
 */
export function toneMap(
  image: LinearImage,
  metering: Metering,
  stops: number,
): Uint8Array<ArrayBuffer> {
  const gain = 0.25 / metering.middle * 2 ** stops; // the curve maps 0.25 to about 0.2
  const white = Math.min(Math.max(metering.bright * gain, 2), 16);
  const byte = (light: number): number => {
    const x = light * gain;
    const y = x * (1 + x / (white * white)) / (1 + x);
    return SRGB[Math.min(4095, Math.sqrt(y) * 4095) + 0.5 | 0]!; // Math.round gives the same in four times the time
  };
  const { rgb, alpha } = image;
  const out = new Uint8Array(image.width * image.height * 4);
  for (let i = 0, o = 0; i < rgb.length; i += 3, o += 4) {
    out[o] = byte(rgb[i]!);
    out[o + 1] = byte(rgb[i + 1]!);
    out[o + 2] = byte(rgb[i + 2]!);
    out[o + 3] = alpha ? Math.round(255 * alpha[i / 3]!) : 255;
  }
  return out;
}

/** sRGB bytes (IEC 61966-2-1) of y, indexed by √y · 4095, which spends its steps where the eye does. */
const SRGB = Uint8Array.from({ length: 4096 }, (_, i) => {
  const y = (i / 4095) ** 2;
  return Math.round(255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055));
});
