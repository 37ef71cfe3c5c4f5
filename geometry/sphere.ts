import type { Vector3 } from "./rotation.ts";

/**
 * Longitude of a direction, in radians, in `[-π, π]`; zero straight ahead, positive to the right.
 *
 * @param x right component
 * @param z forward component
 * @returns θ of the paper's eq. 3
 *
 * @example Straight ahead
 * ```ts
 * import { longitude } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * equal(longitude(0, 1), 0);
 * ```
 */
export function longitude(x: number, z: number): number {
  return Math.atan2(x, z);
}

/**
 * Latitude of a direction, in radians, in `[-π/2, π/2]`; zero on the horizon, positive **down**. Equals
 * `asin(y)` for directions of length 1 and stays accurate at the poles.
 *
 * @param x right component
 * @param y down component
 * @param z forward component
 * @returns φ of the paper's eq. 3
 *
 * @example Straight down
 * ```ts
 * import { latitude } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * equal(latitude(0, 1, 0), Math.PI / 2);
 * ```
 */
export function latitude(x: number, y: number, z: number): number {
  return Math.atan2(y, Math.sqrt(x * x + z * z));
}

/**
 * Direction of a longitude and latitude.
 *
 * @param lon radians, positive to the right
 * @param lat radians, positive down
 * @returns a direction of length 1
 */
export function direction(lon: number, lat: number): Vector3 {
  const c = Math.cos(lat);
  return [c * Math.sin(lon), Math.sin(lat), c * Math.cos(lon)];
}

/**
 * Direction that a panorama pixel looks at; its centre lies at +0.5.
 *
 * @param column column index, may be fractional: the centre of the first column is 0
 * @param row row index, the centre of the first row is 0
 * @param width columns of the panorama
 * @param height rows of the panorama
 * @returns a direction of length 1
 *
 * @example The middle of a panorama looks ahead
 * ```ts
 * import { pixelToRay } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual(pixelToRay(511.5, 255.5, 1024, 512), [0, 0, 1]);
 * ```
 */
export function pixelToRay(column: number, row: number, width: number, height: number): Vector3 {
  return direction(
    ((column + 0.5) / width - 0.5) * 2 * Math.PI,
    ((row + 0.5) / height - 0.5) * Math.PI,
  );
}

/**
 * Panorama pixel that a direction falls on, as fractional indices: the centre of the first pixel is (0, 0).
 *
 * @param ray a direction of any length but 0
 * @param width columns of the panorama
 * @param height rows of the panorama
 * @returns column in `[-0.5, width - 0.5]` and row in `[-0.5, height - 0.5]`
 *
 * @example Straight down is the lower edge
 * ```ts
 * import { rayToPixel } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * equal(rayToPixel([0, 1, 0], 1024, 512)[1], 511.5);
 * ```
 */
export function rayToPixel(
  [x, y, z]: Vector3,
  width: number,
  height: number,
): [column: number, row: number] {
  return [
    (longitude(x, z) / (2 * Math.PI) + 0.5) * width - 0.5,
    (latitude(x, y, z) / Math.PI + 0.5) * height - 0.5,
  ];
}
