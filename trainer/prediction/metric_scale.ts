/**
 * From a disparity that is known up to scale and shift to distances: `distance = scale / (disparity + shift)`.
 *
 * @module
 */
import type { Placement } from "./placement.ts";

/** What the caller knows; nothing by default. */
export interface ScaleOptions {
  /** Metres times disparity. */
  readonly scale?: number;
  /** Median distance over the sphere that the scale is chosen for, metres. */
  readonly medianDistance?: number;
  /** Added to the disparity; 0 when left out, since nothing tells it. */
  readonly shift?: number;
  /** Largest distance. Default: {@linkcode FAR_MEDIANS} times the median. */
  readonly far?: number;
}

/** How distances follow from disparities. */
export interface MetricScale {
  readonly scale: number;
  readonly shift: number;
  readonly far: number;
  /** `metres` when the caller gave a scale or a distance, otherwise the median distance is 1. */
  readonly unit: "metres" | "medians";
}

/** Farther than this many median distances is taken for far when nothing is said. */
const FAR_MEDIANS = 20;

/** A disparity map's values, each with the solid angle of its pixel up to a factor; NaN is no value. */
export interface WeightedMap {
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly placement: Placement;
}

/**
 * Median over the sphere.
 *
 * @param maps of one panorama, or of the frames of a sequence
 * @throws {RangeError} when no map has a value
 */
export function sphereMedian(maps: readonly WeightedMap[]): number {
  return sphereQuantiles(maps, [0.5])[0]!;
}

/** Quantiles over the sphere, ascending `q` in 0..1; at most 2^18 values are looked at. @throws as sphereMedian() */
export function sphereQuantiles(maps: readonly WeightedMap[], qs: readonly number[]): number[] {
  const all = maps.reduce((n, { values }) => n + values.length, 0);
  const step = Math.max(1, Math.floor(all / 2 ** 18)) | 1; // odd, so that every column has its turn
  const found: [value: number, weight: number][] = [];
  for (const { values, width, placement: { top, fullHeight } } of maps) {
    for (let p = 0; p < values.length; p += step) {
      const value = values[p]!;
      if (!Number.isFinite(value)) continue;
      const row = Math.floor(p / width) + top;
      found.push([value, Math.cos(((row + 0.5) / fullHeight - 0.5) * Math.PI)]);
    }
  }
  if (found.length === 0) throw new RangeError("it has no pixel with a disparity");
  found.sort(([a], [b]) => a - b);
  const total = found.reduce((sum, [, weight]) => sum + weight, 0);
  return qs.map((q) => {
    let below = 0;
    return found.find(([, weight]) => (below += weight) >= q * total)?.[0] ?? found.at(-1)![0];
  });
}

/**
 * The scale of a panorama or a sequence.
 *
 * @param median of the disparity over the sphere
 * @throws {RangeError} when the median disparity is not positive after the shift
 */
export function metricScale(median: number, options: ScaleOptions = {}): MetricScale {
  const { shift = 0 } = options;
  const middle = median + shift;
  if (!(middle > 0)) {
    throw new RangeError(
      `its median disparity is ${median.toPrecision(4)}, ${
        middle.toPrecision(4)
      } with the shift: distances need a positive one; give a larger --shift`,
    );
  }
  const known = options.scale ?? options.medianDistance;
  const scale = options.scale ?? (options.medianDistance ?? 1) * middle;
  const far = options.far ?? FAR_MEDIANS * scale / middle;
  return { scale, shift, far, unit: known === undefined ? "medians" : "metres" };
}

/**
 * A distance; `far` where it is farther or the disparity says none, NaN where there is no disparity.
 *
 * @param disparity larger is nearer
 */
export function distanceAt(disparity: number, { scale, shift, far }: MetricScale): number {
  const distance = scale / (disparity + shift);
  if (distance > 0 && distance < far) return distance;
  return Number.isNaN(disparity) ? NaN : far;
}

/** Distances of a map, as {@linkcode distanceAt}. */
export function distanceOf(
  disparity: ArrayLike<number>,
  scale: MetricScale,
): Float32Array<ArrayBuffer> {
  const distance = new Float32Array(disparity.length); // Float32Array.from() would make a list of all first
  for (let p = 0; p < distance.length; p++) distance[p] = distanceAt(disparity[p]!, scale);
  return distance;
}
