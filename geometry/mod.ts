/**
 * The sphere: pixels, rays, cube faces, rotations, resampling and depth conversions. Imports nothing, uses no
 * platform API.
 *
 * The frame, everywhere: **x right, y down, z forward**; longitude `atan2(x, z)`, latitude `asin(y)` positive
 * down, pixel centres at +0.5, a panorama's width is twice its height.
 *
 * Every resampling is a {@linkcode Taps}: a sparse linear map with K taps per output pixel, run by one gather
 * ({@linkcode applyTaps} here, a kernel on the GPU) and turned round by {@linkcode transposeTaps}.
 * A rotation R moves content: what lies at direction d is seen at R·d afterwards.
 *
 * @example Cut a rotated panorama into the teacher's faces
 * ```ts
 * import { applyTaps, drawRotation, equirectToCubeTaps } from "@depth-anywhere/geometry";
 * import { equal } from "node:assert/strict";
 * const panorama = new Float32Array(64 * 128 * 3).fill(0.5); // [H, W, RGB]
 * const rotation = drawRotation("so3", [0.1, 0.7, 0.3]);
 * const taps = equirectToCubeTaps({ height: 64, width: 128, size: 32, rotation });
 * const faces = applyTaps(taps, panorama, 3); // [6, 32, 32, RGB]
 * equal(faces.length, 6 * 32 * 32 * 3);
 * ```
 *
 * @module
 */
export * from "./cube_to_equirect.ts";
export * from "./depth.ts";
export * from "./distillation.ts";
export * from "./equirect_rotation.ts";
export * from "./equirect_to_cube.ts";
export * from "./face.ts";
export * from "./mask.ts";
export { type Recipe } from "./recipe.ts";
export * from "./resize.ts";
export * from "./rotation.ts";
export * from "./rotation_law.ts";
export * from "./sampling.ts";
export * from "./sphere.ts";
export * from "./taps.ts";
