import { type Recipe, writePixel } from "./recipe.ts";
import type { Matrix3 } from "./rotation.ts";
import { gridTaps, type Sampling, type SamplingGrid } from "./sampling.ts";
import type { Taps } from "./taps.ts";

/** Which panorama to rotate, and how. */
export interface EquirectRotationOptions {
  /** Rows of the panorama (in and out). */
  readonly height: number;
  /** Columns of the panorama; even. */
  readonly width: number;
  /** Rotation R of the content: what lies at direction d is seen at R·d. */
  readonly rotation: Matrix3;
  /** Bilinear (default) or nearest. */
  readonly sampling?: Sampling;
  /** Recipe whose conventions hold; `paper` by default. */
  readonly recipe?: Recipe;
}

/**
 * Where each pixel of the rotated panorama reads in the panorama.
 *
 * @param options panorama, rotation and recipe
 * @returns source coordinates, `[height, width]`
 */
export function equirectRotationGrid(options: EquirectRotationOptions): SamplingGrid {
  const { height, width, rotation: r, recipe = "paper" } = options;
  const u = new Float64Array(height * width);
  const v = new Float64Array(height * width);
  const grid = { height, width, u, v };
  for (let row = 0, p = 0; row < height; row++) {
    const lat = ((row + 0.5) / height - 0.5) * Math.PI;
    const y = Math.sin(lat);
    for (let column = 0; column < width; column++, p++) {
      const lon = ((column + 0.5) / width - 0.5) * 2 * Math.PI;
      const x = Math.cos(lat) * Math.sin(lon);
      const z = Math.cos(lat) * Math.cos(lon);
      writePixel( // source direction Rᵀ · ray
        grid,
        p,
        r[0] * x + r[3] * y + r[6] * z,
        r[1] * x + r[4] * y + r[7] * z,
        r[2] * x + r[5] * y + r[8] * z,
        recipe,
      );
    }
  }
  return grid;
}

/**
 * Panorama to rotated panorama: the result shows at direction R·d what the input shows at d. Under `released`
 * even the identity shrinks the picture by up to half a pixel towards its middle.
 *
 * @param options panorama, rotation, sampling and recipe
 * @returns taps from `[height, width]` to `[height, width]`
 * @throws {RangeError} if a size does not fit
 *
 * @example A half turn moves the first column to the middle
 * ```ts
 * import { applyTaps, equirectRotationTaps, yaw } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * const taps = equirectRotationTaps({ height: 2, width: 4, rotation: yaw(Math.PI), sampling: "nearest" });
 * equal(applyTaps(taps, [0, 1, 2, 3, 0, 1, 2, 3])[2], 0);
 * ```
 */
export function equirectRotationTaps(options: EquirectRotationOptions): Taps {
  const { sampling = "bilinear", recipe = "paper" } = options;
  return gridTaps(equirectRotationGrid(options), {
    sampling,
    border: recipe === "released" ? "zeros" : "sphere",
    ties: recipe === "released" ? "even" : "up",
  });
}
