/**
 * A predicted panorama: the image, its disparity at the image's size, and how distances follow from it.
 *
 * @module
 */
import type { InputPanorama } from "./read_panorama.ts";
import { distanceOf, type MetricScale } from "./metric_scale.ts";

/** Disparities that colours and 16-bit pictures span. */
export interface DisparityRange {
  /** Least of all. */
  readonly least: number;
  /** 2nd percentile over the sphere: the darkest colour. */
  readonly low: number;
  /** 98th percentile over the sphere: the brightest colour. */
  readonly high: number;
  /** Largest of all. */
  readonly most: number;
}

/** What the outputs are written from. */
export interface PanoramaDepth {
  readonly image: InputPanorama;
  /** `[height, width]` of the image, relative, larger is nearer; NaN where the image shows nothing. */
  readonly disparity: Float32Array<ArrayBuffer>;
  readonly range: DisparityRange;
  /** Whether distances are in metres, since the caller told a scale. */
  readonly metric: boolean;
  /** How distances follow. @throws {RangeError} where the disparity allows none */
  scale(): MetricScale;
}

/** `[height, width]` in the scale's unit, as {@linkcode distanceOf}. */
export function distances(depth: PanoramaDepth): Float32Array<ArrayBuffer> {
  return distanceOf(depth.disparity, depth.scale());
}

/** What a file says of its numbers, by keyword. */
export function scaleTexts({ scale, shift, far, unit }: MetricScale): Record<string, string> {
  return {
    Unit: unit === "metres" ? "metres" : "median distance of the panorama",
    Scale: `${scale}`,
    Shift: `${shift}`,
    FarLimit: `${far}`,
    Formula: "distance = Scale / (disparity + Shift), at most FarLimit",
  };
}
