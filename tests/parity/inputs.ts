/**
 * Inputs that a `case.json` describes: a shipped file, or the smooth panorama.
 *
 * @module
 */
import type { TopicFolder } from "./reference.ts";
import { smoothDistance, smoothRgb } from "./smooth_panorama.ts";

/** How `case.json` describes an image. */
export interface ImageInput {
  readonly kind: "smooth_rgb" | "smooth_depth";
  readonly variant?: number;
  readonly variants?: readonly number[];
  readonly H?: number;
  readonly W?: number;
  readonly file?: string;
}

/** Planes of an image, `[C, height, width]`. */
export interface Planes {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** The image of an input; a list of variants gives one after the other. */
export async function imageInput(
  topic: TopicFolder,
  input: ImageInput,
  size: { readonly H?: number; readonly W?: number } = {},
): Promise<Planes> {
  if (input.file) {
    const { shape, data } = await topic.array([input.file]);
    return { height: shape.at(-2)!, width: shape.at(-1)!, data };
  }
  const height = input.H ?? size.H!;
  const width = input.W ?? size.W!;
  const make = { smooth_rgb: smoothRgb, smooth_depth: smoothDistance }[input.kind];
  if (!make || !height || !width) {
    throw new TypeError(`Cannot make input ${JSON.stringify(input)}: its kind or size is unknown`);
  }
  const parts = (input.variants ?? [input.variant ?? 0]).map((v) => make(height, width, v));
  const data = new Float32Array(parts.length * parts[0]!.length);
  parts.forEach((part, i) => data.set(part, i * part.length));
  return { height, width, data };
}
