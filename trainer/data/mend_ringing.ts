/** Repair of panoramas that were shrunk with a sharp filter in linear light. */

import type { LinearImage } from "../formats/linear_image.ts";

/**
 * Replace the pixels that a resampling filter pushed below zero next to a lamp or the sun (black rings and
 * squares once tone-mapped) by the geometric mean of their sound neighbours, from the border inwards.
 * A pixel is broken when a channel is below 1e-4, twelve stops under the middle of any embedded panorama.
 *
 * @param image `[h, w, 3]` linear
 * @returns a mended copy, or the same image when every pixel is sound or none is
 */
export function mendRinging(image: LinearImage): LinearImage {
  const { width, height } = image;
  let broken: number[] = [];
  for (let i = 0; i < width * height; i++) {
    if (Math.min(image.rgb[i * 3]!, image.rgb[i * 3 + 1]!, image.rgb[i * 3 + 2]!) < 1e-4) {
      broken.push(i);
    }
  }
  if (broken.length === 0 || broken.length === width * height) return image;
  const rgb = image.rgb.slice();
  const sound = new Uint8Array(width * height).fill(1);
  for (const i of broken) sound[i] = 0;
  while (broken.length > 0) {
    const mended: number[] = [];
    const rest: number[] = [];
    for (const i of broken) (mendPixel(rgb, sound, i, width, height) ? mended : rest).push(i);
    for (const i of mended) sound[i] = 1; // only after the pass: the order of pixels must not matter
    broken = rest;
  }
  return { ...image, rgb };
}

function mendPixel(
  rgb: Float32Array,
  sound: Uint8Array,
  i: number,
  width: number,
  height: number,
): boolean {
  const [x, y] = [i % width, Math.floor(i / width)];
  const logs = [0, 0, 0];
  let count = 0;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let dx = -1; dx <= 1; dx++) {
      const j = row * width + (x + dx + width) % width;
      if (!sound[j]) continue;
      for (let c = 0; c < 3; c++) logs[c]! += Math.log(rgb[j * 3 + c]!);
      count++;
    }
  }
  if (count === 0) return false;
  for (let c = 0; c < 3; c++) rgb[i * 3 + c] = Math.exp(logs[c]! / count);
  return true;
}
