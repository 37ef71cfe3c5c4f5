/** A decoded panorama in memory: 8-bit, or linear light that can be exposed again. */

import type { LinearImage } from "../formats/linear_image.ts";
import type { Panorama } from "./panorama_source.ts";
import { meter, type Metering, toneMap } from "./tone_map.ts";

/** What both kinds have. */
interface Sized {
  /** Pixels per row, twice the height. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bytes it takes, for the cache. */
  readonly bytes: number;
  /** `[height, width]`, 1 valid and 0 masked; absent when every pixel is valid. */
  readonly mask?: Uint8Array<ArrayBuffer> | undefined;
}

/** A picture. */
export interface BytePanorama extends Sized {
  readonly kind: "bytes";
  /** `[height, width, 4]`, sRGB; alpha is 255 where the pixel is valid, 0 where it is masked. */
  readonly rgba: Uint8Array<ArrayBuffer>;
}

/** Linear light. */
export interface LightPanorama extends Sized {
  readonly kind: "light";
  /** `[height, width, 3]`. */
  readonly rgb: Float32Array;
  readonly metering: Metering;
}

/** A panorama of `[height, 2 height]`, ready to be handed out: plain data, which can go to another thread. */
export type PanoramaImage = BytePanorama | LightPanorama;

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
): BytePanorama {
  for (let i = 0; i < width * height; i++) rgba[i * 4 + 3] = !mask || mask[i] ? 255 : 0;
  return { kind: "bytes", width, height, rgba, mask, bytes: rgba.length + (mask?.length ?? 0) };
}

/**
 * A linear-light panorama, metered once and tone-mapped whenever it is rendered.
 *
 * @param mask also leaves out what the image's alpha hides
 */
export function exposedImage(image: LinearImage, mask?: Uint8Array<ArrayBuffer>): LightPanorama {
  const { width, height, rgb } = image;
  const bytes = rgb.byteLength + (mask?.length ?? 0);
  return { kind: "light", width, height, rgb, metering: meter(image), mask, bytes };
}

/** A fresh copy of an image under `name`, exposed by `stops` if it is linear. */
export function render(image: PanoramaImage, name: string, stops: number): Panorama {
  const { width, height, mask } = image;
  const rgba = image.kind === "bytes" ? image.rgba.slice() : exposed(image, stops);
  return { name, width, height, rgba, ...mask && { mask: mask.slice() } };
}

function exposed({ width, height, rgb, metering, mask }: LightPanorama, stops: number) {
  const rgba = toneMap({ width, height, rgb }, metering, stops);
  if (mask) { for (let i = 0; i < mask.length; i++) rgba[i * 4 + 3] = mask[i] ? 255 : 0; }
  return rgba;
}

/** The memory of an image, to hand it to another thread without a copy. */
export function buffersOf(image: PanoramaImage): ArrayBuffer[] {
  const pixels = image.kind === "bytes" ? image.rgba : image.rgb;
  return [pixels.buffer as ArrayBuffer, ...image.mask ? [image.mask.buffer] : []];
}
