/** A direction or point: x right, y down, z forward. */
export type Vector3 = readonly [x: number, y: number, z: number];

/** A 3 x 3 matrix by rows; `R · d` is the matrix times a column. */
export type Matrix3 = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** The rotation that moves nothing. */
export const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/**
 * Product of two rotations: `multiply(a, b)` first does `b`, then `a`.
 *
 * @param a left factor
 * @param b right factor
 * @returns `a · b`
 */
export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const entry = (i: number): number => {
    const row = 3 * Math.floor(i / 3);
    const column = i % 3;
    return a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!;
  };
  return [entry(0), entry(1), entry(2), entry(3), entry(4), entry(5), entry(6), entry(7), entry(8)];
}

/**
 * Transpose of a matrix; the inverse of a rotation.
 *
 * @param m a matrix by rows
 * @returns its transpose
 */
export function transpose(m: Matrix3): Matrix3 {
  return [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
}

/**
 * A matrix times a column.
 *
 * @param m the matrix
 * @param d the column
 * @returns `m · d`
 */
export function rotate(m: Matrix3, [x, y, z]: Vector3): Vector3 {
  return [
    m[0] * x + m[1] * y + m[2] * z,
    m[3] * x + m[4] * y + m[5] * z,
    m[6] * x + m[7] * y + m[8] * z,
  ];
}

/**
 * Rotation about the vertical axis; positive angles move the content to the right.
 *
 * @param angle radians
 * @returns the rotation
 *
 * @example A quarter turn moves what is ahead to the right
 * ```ts
 * import { rotate, yaw } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual(rotate(yaw(Math.PI / 2), [0, 0, 1]).map(Math.round), [1, 0, 0]);
 * ```
 */
export function yaw(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, 0, s, 0, 1, 0, -s, 0, c];
}

/**
 * Rotation about the axis to the right; positive angles move what is ahead up.
 *
 * @param angle radians
 * @returns the rotation
 */
export function pitch(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [1, 0, 0, 0, c, -s, 0, s, c];
}

/**
 * Rotation about the axis ahead; positive angles turn what is ahead clockwise.
 *
 * @param angle radians
 * @returns the rotation
 */
export function roll(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

/**
 * Rotation of three Euler angles in the order XYZ: `Rx(x) · Ry(y) · Rz(z)`, the order of the released
 * trainer (pytorch3d `euler_angles_to_matrix(…, "XYZ")`).
 *
 * @param x angle about x, radians
 * @param y angle about y, radians
 * @param z angle about z, radians
 * @returns the rotation
 */
export function rotationFromEuler(x: number, y: number, z: number): Matrix3 {
  return multiply(multiply(pitch(x), yaw(y)), roll(z));
}

/**
 * Rotation about an axis by the right-hand rule of the frame (Rodrigues' formula).
 *
 * @param axis direction of the axis, any length but 0
 * @param angle radians
 * @returns the rotation
 * @throws {RangeError} if the axis has no direction
 */
export function rotationFromAxis(axis: Vector3, angle: number): Matrix3 {
  const length = Math.hypot(...axis);
  if (!(length > 0) || !Number.isFinite(length)) {
    throw new RangeError(
      `Cannot rotate about an axis as it has no direction: current axis is (${axis.join(", ")})`,
    );
  }
  const [x, y, z] = [axis[0] / length, axis[1] / length, axis[2] / length];
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  return [
    c + t * x * x,
    t * x * y - s * z,
    t * x * z + s * y,
    t * x * y + s * z,
    c + t * y * y,
    t * y * z - s * x,
    t * x * z - s * y,
    t * y * z + s * x,
    c + t * z * z,
  ];
}

/**
 * Rotation of a quaternion `w + xi + yj + zk` of length 1.
 *
 * @param w real part
 * @param x first imaginary part
 * @param y second imaginary part
 * @param z third imaginary part
 * @returns the rotation
 */
export function rotationFromQuaternion(w: number, x: number, y: number, z: number): Matrix3 {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}
