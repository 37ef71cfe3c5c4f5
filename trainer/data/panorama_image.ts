/** A decoded panorama in memory: 8-bit, or linear light that can be exposed again. */

import type { LinearImage } from "../formats/linear_image.ts";
import type { Panorama } from "./panorama_source.ts";
import { meter, type Metering, toneMap } from "./tone_map.ts";

/** A panorama of `[height, 2 height]`, ready to be handed out. */
export interface PanoramaImage {
  /** Bytes it takes, for the cache. */
  readonly bytes: number;
  /** A fresh copy under `name`, exposed by `stops` if it is linear. */
  render(name: string, stops: number): Panorama;
}

/** Least share of valid pixels of a masked panorama (paper, section 3.2). */
export const LEAST_VALID = 0.2;

/**
 * An 8-bit panorama.
 *
 * @param rgba `[height, width, 4]`; alpha is overwritten from the mask
 */
export function byteImage(
  rgba: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
  mask?: Uint8Array<ArrayBuffer>,
): PanoramaImage {
  for (let i = 0; i < width * height; i++) rgba[i * 4 + 3] = !mask || mask[i] ? 255 : 0;
  return {
    bytes: rgba.length + (mask?.length ?? 0),
    render: (name) => withMask({ name, width, height, rgba: rgba.slice() }, mask),
  };
}

/**
 * A linear-light panorama, metered once and tone-mapped at every call.
 *
 * @param mask also leaves out what the image's alpha hides
 */
export function exposedImage(image: LinearImage, mask?: Uint8Array<ArrayBuffer>): PanoramaImage {
  const metering: Metering = meter(image);
  const { width, height, rgb } = image;
  return {
    bytes: rgb.byteLength + (mask?.length ?? 0),
    render(name, stops) {
      const rgba = toneMap({ width, height, rgb }, metering, stops);
      if (mask) { for (let i = 0; i < mask.length; i++) rgba[i * 4 + 3] = mask[i] ? 255 : 0; }
      return withMask({ name, width, height, rgba }, mask);
    },
  };
}

function withMask(panorama: Panorama, mask: Uint8Array<ArrayBuffer> | undefined): Panorama {
  return mask ? { ...panorama, mask: mask.slice() } : panorama;
}
