import { direction } from "./sphere.ts";

/**
 * zDepth of cube faces from distances: `zDepth = distance · cos α`. Keeps 0 (no depth) at 0.
 *
 * @param distance metres along the rays, `[6, size, size]` or a single face
 * @param cosines `faceCosines` of the layout, `[size, size]`
 * @returns metres along the optical axis, same shape
 *
 * @example
 * ```ts
 * import { distanceToZDepth, zDepthToDistance } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual([...zDepthToDistance(distanceToZDepth([4, 0], [0.5, 0.5]), [0.5, 0.5])], [4, 0]);
 * ```
 */
export function distanceToZDepth(
  distance: ArrayLike<number>,
  cosines: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(distance, (d, i) => d * cosines[i % cosines.length]!);
}

/**
 * Distances of cube faces from zDepths, the inverse of {@linkcode distanceToZDepth}.
 *
 * @param zDepth metres along the optical axis, `[6, size, size]` or a single face
 * @param cosines `faceCosines` of the layout, `[size, size]`
 * @returns metres along the rays, same shape
 */
export function zDepthToDistance(
  zDepth: ArrayLike<number>,
  cosines: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(zDepth, (z, i) => z / cosines[i % cosines.length]!);
}

/**
 * Disparity of a depth, or depth of a disparity: 1/x where x is a positive finite number, 0 (none) elsewhere.
 *
 * @param values distances, zDepths or disparities
 * @returns their reciprocals, same shape
 *
 * @example
 * ```ts
 * import { reciprocal } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual([...reciprocal([2, 0, -1, NaN])], [0.5, 0, 0, 0]);
 * ```
 */
export function reciprocal(values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (x) => x > 0 && x < Infinity ? 1 / x : 0);
}

/**
 * Points of a panorama: ray times distance. A pixel without depth (0) becomes the origin.
 *
 * @param distance metres, `[height, width]`
 * @param height rows
 * @param width columns
 * @returns metres, `[height, width, 3]`, x right, y down, z forward
 * @throws {RangeError} if the length is not height x width
 *
 * @example
 * ```ts
 * import { distanceToPoints, pointsToDistance } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual([...pointsToDistance(distanceToPoints([1, 2], 1, 2))], [1, 2]);
 * ```
 */
export function distanceToPoints(
  distance: ArrayLike<number>,
  height: number,
  width: number,
): Float32Array<ArrayBuffer> {
  if (distance.length !== height * width) {
    throw new RangeError(
      `Cannot make points as the sizes differ: current distance has ${distance.length} values, expected ${width}x${height}`,
    );
  }
  const points = new Float32Array(3 * distance.length);
  for (let row = 0, p = 0; row < height; row++) {
    const lat = ((row + 0.5) / height - 0.5) * Math.PI;
    for (let column = 0; column < width; column++, p++) {
      const [x, y, z] = direction(((column + 0.5) / width - 0.5) * 2 * Math.PI, lat);
      points[3 * p] = x * distance[p]!;
      points[3 * p + 1] = y * distance[p]!;
      points[3 * p + 2] = z * distance[p]!;
    }
  }
  return points;
}

/**
 * Distances of points from the origin.
 *
 * @param points metres, `[…, 3]`
 * @returns metres, `[…]`
 */
export function pointsToDistance(points: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: points.length / 3 },
    (_, p) => Math.hypot(points[3 * p]!, points[3 * p + 1]!, points[3 * p + 2]!),
  );
}
