import { FACE_AXES, type FaceLayout, faceOrder, facePositions } from "./face.ts";
import { equirectRotationTaps } from "./equirect_rotation.ts";
import { type Recipe, writePixel } from "./recipe.ts";
import { IDENTITY, type Matrix3 } from "./rotation.ts";
import { gridTaps, type Sampling, type SamplingGrid } from "./sampling.ts";
import { composeTaps, type Taps } from "./taps.ts";

/** What to cut out of which panorama. */
export interface EquirectToCubeOptions {
  /** Rows of the panorama. */
  readonly height: number;
  /** Columns of the panorama; even. */
  readonly width: number;
  /** Pixels along each face. */
  readonly size: number;
  /** Order and pixel positions of the faces; `distill` by default. */
  readonly layout?: FaceLayout;
  /** Rotation R of the content: what lies at direction d is seen at R·d. None by default. */
  readonly rotation?: Matrix3;
  /** Bilinear (default) or nearest. */
  readonly sampling?: Sampling;
  /** Recipe whose conventions hold; `paper` by default. */
  readonly recipe?: Recipe;
}

/**
 * Where each cube face pixel reads in the panorama. Under the recipe `released` the layout `distill` has the
 * quirk of the released code (see {@linkcode Recipe}); `strip` is the student's input and the same in both.
 *
 * @param options panorama, faces, rotation (applied exactly, also under `released`) and recipe
 * @returns source coordinates, `[6, size, size]`
 */
export function equirectToCubeGrid(options: EquirectToCubeOptions): SamplingGrid {
  const { height, width, size, layout = "distill", rotation: r = IDENTITY, recipe = "paper" } =
    options;
  const at = facePositions(layout, size);
  const u = new Float64Array(6 * size * size);
  const v = new Float64Array(6 * size * size);
  const grid = { height, width, u, v };
  const convention = layout === "strip" ? "paper" : recipe;
  let p = 0;
  for (const face of faceOrder(layout)) {
    const { right, down, forward } = FACE_AXES[face];
    for (let i = 0; i < size; i++) {
      const b = at[i]!;
      for (let j = 0; j < size; j++, p++) {
        const a = at[j]!;
        const x = forward[0] + a * right[0] + b * down[0];
        const y = forward[1] + a * right[1] + b * down[1];
        const z = forward[2] + a * right[2] + b * down[2];
        writePixel( // source direction Rᵀ · ray
          grid,
          p,
          r[0] * x + r[3] * y + r[6] * z,
          r[1] * x + r[4] * y + r[7] * z,
          r[2] * x + r[5] * y + r[8] * z,
          convention,
        );
      }
    }
  }
  return grid;
}

/**
 * Panorama to six cube faces, with the rotation in the same step. The rotated panorama P' shows at direction
 * R·d what P shows at d, so a face pixel with ray f reads P at Rᵀ·f.
 *
 * Under `released` the rotation is a resampling of its own that comes first, with the released quirks in both
 * steps; the result is their product (K = 16 bilinear, 1 nearest). Two gathers with
 * {@linkcode equirectRotationTaps} give the same numbers with less memory.
 *
 * @param options panorama, faces, rotation, sampling and recipe
 * @returns taps from `[height, width]` to `[6, size, size]`
 * @throws {RangeError} if a size does not fit
 *
 * @example The middle of the front face is the middle of the panorama
 * ```ts
 * import { applyTaps, equirectToCubeTaps } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * const columns = Float32Array.from({ length: 32 * 64 }, (_, i) => i % 64);
 * const faces = applyTaps(equirectToCubeTaps({ height: 32, width: 64, size: 1 }), columns);
 * equal(faces[2], 31.5); // B D F
 * ```
 */
export function equirectToCubeTaps(options: EquirectToCubeOptions): Taps {
  const { layout = "distill", sampling = "bilinear", recipe = "paper", rotation } = options;
  if (recipe === "released" && rotation !== undefined) {
    const { height, width } = options;
    const rotate = equirectRotationTaps({ height, width, rotation, sampling, recipe });
    return composeTaps(equirectToCubeTaps({ ...options, rotation: undefined }), rotate);
  }
  const quirk = recipe === "released" && layout === "distill";
  return gridTaps(equirectToCubeGrid(options), {
    sampling,
    border: quirk ? "zeros" : "sphere",
    ties: quirk ? "even" : "up",
  });
}
