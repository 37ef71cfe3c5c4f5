import {
  IDENTITY,
  type Matrix3,
  rotationFromAxis,
  rotationFromEuler,
  rotationFromQuaternion,
  yaw,
} from "./rotation.ts";

/**
 * How rotations are drawn. `none`: never rotate; `yaw`: about the vertical axis, any angle; `euler45`: three
 * Euler angles XYZ in [-45°, 45°) (the released trainer); `so3`: every rotation equally likely; `axis`: about
 * a uniformly random axis by a uniformly random angle (near the identity more often than `so3`).
 */
export type RotationLaw = "none" | "yaw" | "euler45" | "so3" | "axis";

/** The names of all laws. */
export const ROTATION_LAWS: readonly RotationLaw[] = ["none", "yaw", "euler45", "so3", "axis"];

/**
 * A random rotation from three uniform numbers. It keeps no state: the caller draws the numbers as a pure
 * function of (seed, purpose, step, item).
 *
 * @param law how to draw
 * @param uniforms three independent numbers, uniform in [0, 1)
 * @returns the rotation of the content
 * @throws {RangeError} if a number lies outside [0, 1] or the law is unknown
 *
 * @example The middle of the released law is the identity
 * ```ts
 * import { drawRotation, IDENTITY } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual(drawRotation("euler45", [0.5, 0.5, 0.5]).map(Math.abs), IDENTITY);
 * ```
 */
export function drawRotation(
  law: RotationLaw,
  uniforms: readonly [number, number, number],
): Matrix3 {
  const [a, b, c] = uniforms;
  if (!uniforms.every((u) => u >= 0 && u <= 1)) {
    throw new RangeError(
      `Cannot draw a rotation as a number lies outside [0, 1]: current numbers are ${
        uniforms.join(", ")
      }`,
    );
  }
  switch (law) {
    case "none":
      return IDENTITY;
    case "yaw":
      return yaw((a - 0.5) * 2 * Math.PI);
    case "euler45": {
      const range = Math.PI / 2;
      return rotationFromEuler((a - 0.5) * range, (b - 0.5) * range, (c - 0.5) * range);
    }
    case "so3": { // Shoemake 1992: a uniform point on the sphere of quaternions
      const [s, t] = [Math.sqrt(1 - a), Math.sqrt(a)];
      const [p, q] = [2 * Math.PI * b, 2 * Math.PI * c];
      return rotationFromQuaternion(
        t * Math.cos(q),
        s * Math.sin(p),
        s * Math.cos(p),
        t * Math.sin(q),
      );
    }
    case "axis": {
      const y = 2 * a - 1; // uniform on the sphere (Archimedes)
      const radius = Math.sqrt(1 - y * y);
      const axis = [
        radius * Math.cos(2 * Math.PI * b),
        y,
        radius * Math.sin(2 * Math.PI * b),
      ] as const;
      return rotationFromAxis(axis, (c - 0.5) * 2 * Math.PI);
    }
    default:
      throw new RangeError(
        `Cannot draw a rotation as the law is unknown: current law is "${law}", expected one of ${
          ROTATION_LAWS.join(", ")
        }`,
      );
  }
}
