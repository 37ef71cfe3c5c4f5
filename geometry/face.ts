import type { Vector3 } from "./rotation.ts";

/** A cube face by its initial: front, right, back, left, up, down. */
export type FaceName = "F" | "R" | "B" | "L" | "U" | "D";

/**
 * Order and pixel positions of the six faces. `strip`: F R B L U D, the outermost pixel centres lie on the
 * face's border, so that neighbours share them (UniFuse's student input). `distill`: B D F L R U, pixel
 * centres half a pixel inside the border (the teacher's faces, BiFuse++). The faces themselves are the same.
 */
export type FaceLayout = "strip" | "distill";

/** Axes of a face in the frame of `mod.ts`: where its columns, its rows and its optical axis point. */
export interface FaceAxes {
  /** Direction of increasing column. */
  readonly right: Vector3;
  /** Direction of increasing row. */
  readonly down: Vector3;
  /** Optical axis; zDepth is measured along it. */
  readonly forward: Vector3;
}

/** The axes of each face. Field of view 90°: the face plane is `forward + a·right + b·down`, a and b in [-1, 1]. */
export const FACE_AXES: Readonly<Record<FaceName, FaceAxes>> = {
  F: { right: [1, 0, 0], down: [0, 1, 0], forward: [0, 0, 1] },
  R: { right: [0, 0, -1], down: [0, 1, 0], forward: [1, 0, 0] },
  B: { right: [-1, 0, 0], down: [0, 1, 0], forward: [0, 0, -1] },
  L: { right: [0, 0, 1], down: [0, 1, 0], forward: [-1, 0, 0] },
  U: { right: [1, 0, 0], down: [0, 0, 1], forward: [0, -1, 0] },
  D: { right: [1, 0, 0], down: [0, 0, -1], forward: [0, 1, 0] },
};

const ORDER: Readonly<Record<FaceLayout, readonly FaceName[]>> = {
  strip: ["F", "R", "B", "L", "U", "D"],
  distill: ["B", "D", "F", "L", "R", "U"],
};

/**
 * The faces of a layout in their order.
 *
 * @param layout which layout
 * @returns six names
 *
 * @example
 * ```ts
 * import { faceOrder } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * equal(faceOrder("distill").join(""), "BDFLRU");
 * ```
 */
export function faceOrder(layout: FaceLayout): readonly FaceName[] {
  return ORDER[layout];
}

/**
 * Position of each column (or row) of a face on its plane.
 *
 * @param layout which layout
 * @param size pixels along the face
 * @returns `[size]` positions in [-1, 1], ascending
 * @throws {RangeError} if the size is not a positive integer
 */
export function facePositions(layout: FaceLayout, size: number): Float64Array<ArrayBuffer> {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(
      `Cannot place cube face pixels as the size is not a positive integer: current size is ${size}`,
    );
  }
  return Float64Array.from({ length: size }, (_, i) => {
    if (layout === "distill") return (2 * i + 1) / size - 1;
    return size === 1 ? 0 : (2 * i) / (size - 1) - 1;
  });
}

/**
 * Pixel coordinate of a position on a face's plane, the inverse of {@linkcode facePositions}.
 *
 * @param layout which layout
 * @param size pixels along the face
 * @param position in [-1, 1]
 * @returns fractional index: the centre of the first pixel is 0
 */
export function facePixel(layout: FaceLayout, size: number, position: number): number {
  return layout === "distill" ? ((position + 1) * size - 1) / 2 : ((position + 1) * (size - 1)) / 2;
}

/**
 * Ray of a position on a face, of length `sqrt(1 + a² + b²)`: its component along the optical axis is 1.
 *
 * @param face which face
 * @param a position to the right, [-1, 1]
 * @param b position downwards, [-1, 1]
 * @returns direction in the frame of the panorama
 *
 * @example The centre of the right face
 * ```ts
 * import { faceRay } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual(faceRay("R", 0, 0).map(Math.abs), [1, 0, 0]);
 * ```
 */
export function faceRay(face: FaceName, a: number, b: number): Vector3 {
  const { right, down, forward } = FACE_AXES[face];
  return [
    forward[0] + a * right[0] + b * down[0],
    forward[1] + a * right[1] + b * down[1],
    forward[2] + a * right[2] + b * down[2],
  ];
}

/**
 * The face that a direction falls on. Every direction has exactly one: on a border the vertical axis wins,
 * then forward/backward.
 *
 * @param ray a direction of any length but 0
 * @returns the face's name
 * @throws {RangeError} if the ray has no direction
 *
 * @example
 * ```ts
 * import { faceOfRay } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * equal(faceOfRay([0.1, -0.9, 0.2]), "U");
 * ```
 */
export function faceOfRay([x, y, z]: Vector3): FaceName {
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  const largest = Math.max(ax, ay, az);
  if (!(largest > 0)) {
    throw new RangeError(
      `Cannot find the cube face of a ray as it has no direction: current ray is (${x}, ${y}, ${z})`,
    );
  }
  if (ay === largest) return y > 0 ? "D" : "U";
  if (az === largest) return z > 0 ? "F" : "B";
  return x > 0 ? "R" : "L";
}

/**
 * Position of a direction on the plane of a face.
 *
 * @param face which face
 * @param ray a direction in front of that face
 * @returns position to the right and downwards; in [-1, 1] when the ray falls on this face
 */
export function rayOnFace(face: FaceName, ray: Vector3): [a: number, b: number] {
  const { right, down, forward } = FACE_AXES[face];
  const depth = dot(ray, forward);
  return [dot(ray, right) / depth, dot(ray, down) / depth];
}

/**
 * Cosine of the angle between each face pixel's ray and the optical axis, the same for all six faces:
 * `zDepth = distance · cos α`, `1/zDepth = (1/distance) / cos α`.
 *
 * @param layout which layout
 * @param size pixels along the face
 * @returns `[size, size]`, in [1/√3, 1]
 */
export function faceCosines(layout: FaceLayout, size: number): Float32Array<ArrayBuffer> {
  const at = facePositions(layout, size);
  return Float32Array.from(
    { length: size * size },
    (_, i) => 1 / Math.sqrt(1 + at[i % size]! ** 2 + at[Math.floor(i / size)]! ** 2),
  );
}

function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
