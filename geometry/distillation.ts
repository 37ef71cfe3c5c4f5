import { equirectRotationTaps } from "./equirect_rotation.ts";
import { equirectToCubeTaps } from "./equirect_to_cube.ts";
import { FACE_AXES, faceCosines, type FaceLayout, faceOrder } from "./face.ts";
import type { Recipe } from "./recipe.ts";
import type { Matrix3 } from "./rotation.ts";
import { pixelToRay } from "./sphere.ts";
import { composeTaps, type Taps } from "./taps.ts";

/**
 * How a panorama of 1/distance becomes cube faces of 1/zDepth: `faces[p] = (taps · panorama)[p] / factor[p]`.
 */
export interface DistillationPath {
  /** From `[height, width]` to `[6, size, size]`: K = 4 (paper) or K = 1 (released). */
  readonly taps: Taps;
  /** Component of the unit ray along the face's optical axis, `[6, size, size]`, all in (0, 1]. */
  readonly factor: Float32Array<ArrayBuffer>;
}

/** Sizes, rotation and recipe of a {@linkcode distillationPath}. */
export interface DistillationOptions {
  /** Rows of the panorama. */
  readonly height: number;
  /** Columns of the panorama; even. */
  readonly width: number;
  /** Pixels along each face. */
  readonly size: number;
  /** Rotation of the content, the same that the teacher's faces were cut with. */
  readonly rotation: Matrix3;
  /** `paper`: bilinear, one step, divided by cos α. `released`: two nearest picks, divided by the axis component at the picked pixel. */
  readonly recipe?: Recipe;
  /** Order and pixel positions of the faces; `distill` by default. */
  readonly layout?: FaceLayout;
}

/**
 * The way of the student's prediction to the teacher's faces (paper section 3.4).
 *
 * @param options sizes, rotation and recipe
 * @returns taps and factors
 * @throws {RangeError} if a size does not fit
 *
 * @example Everything at distance 2 m: straight ahead zDepth is 2 m, towards the border less
 * ```ts
 * import { distillationPath, faceDisparity, IDENTITY } from "@depth-anywhere/geometry";
 * import { equal, ok } from "node:assert/strict";
 * const path = distillationPath({ height: 32, width: 64, size: 9, rotation: IDENTITY });
 * const faces = faceDisparity(path, new Float32Array(32 * 64).fill(1 / 2));
 * equal(faces[40], 1 / 2);
 * ok(faces[0]! > 0.7);
 * ```
 */
export function distillationPath(options: DistillationOptions): DistillationPath {
  const { height, width, size, rotation, recipe = "paper", layout = "distill" } = options;
  const sizes = { height, width, size, layout };
  if (recipe === "paper") {
    const cosines = faceCosines(layout, size);
    const factor = new Float32Array(6 * cosines.length);
    for (let f = 0; f < 6; f++) factor.set(cosines, f * cosines.length);
    return { taps: equirectToCubeTaps({ ...sizes, rotation }), factor };
  }
  const cut = equirectToCubeTaps({ ...sizes, sampling: "nearest", recipe });
  const turn = equirectRotationTaps({ height, width, rotation, sampling: "nearest", recipe });
  const order = faceOrder(layout);
  const factor = Float32Array.from(cut.index, (pixel, p) => {
    const [x, y, z] = pixelToRay(pixel % width, Math.floor(pixel / width), width, height);
    const [fx, fy, fz] = FACE_AXES[order[Math.floor(p / (size * size))]!].forward;
    return x * fx + y * fy + z * fz;
  });
  return { taps: composeTaps(cut, turn), factor };
}

/**
 * Runs a distillation path on the CPU.
 *
 * @param path taps and factors
 * @param disparity 1/distance (any unit and shift), `[height, width]`
 * @returns 1/zDepth, `[6, size, size]`
 */
export function faceDisparity(
  path: DistillationPath,
  disparity: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const { taps: { outputs, taps: k, index, weight }, factor } = path;
  const faces = new Float32Array(outputs);
  for (let p = 0; p < outputs; p++) {
    let sum = 0;
    for (let e = p * k; e < (p + 1) * k; e++) sum += weight[e]! * disparity[index[e]!]!;
    faces[p] = sum / factor[p]!;
  }
  return faces;
}
