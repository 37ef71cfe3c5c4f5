import { gridTaps, type Sampling } from "./sampling.ts";
import type { Taps } from "./taps.ts";

/** Sizes of an image before and after. */
export interface ResizeOptions {
  /** Rows before. */
  readonly height: number;
  /** Columns before. */
  readonly width: number;
  /** Rows after. */
  readonly toHeight: number;
  /** Columns after. */
  readonly toWidth: number;
  /** Bilinear (default) or nearest. */
  readonly sampling?: Sampling;
}

/**
 * Resize of a plain image. Bilinear: pixel centres at +0.5, edges repeated, no antialiasing (torchvision with
 * `align_corners=False`). Nearest: pixel `floor(i · before / after)` (PyTorch's `nearest`).
 *
 * @param options sizes and sampling
 * @returns taps from `[height, width]` to `[toHeight, toWidth]`
 * @throws {RangeError} if a size is not positive
 *
 * @example Double a row of two pixels
 * ```ts
 * import { applyTaps, resizeTaps } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * const taps = resizeTaps({ height: 1, width: 2, toHeight: 1, toWidth: 4 });
 * deepEqual([...applyTaps(taps, [0, 1])], [0, 0.25, 0.75, 1]);
 * ```
 */
export function resizeTaps(options: ResizeOptions): Taps {
  const { height, width, toHeight, toWidth, sampling = "bilinear" } = options;
  const place = (i: number, before: number, after: number): number =>
    sampling === "nearest"
      ? Math.min(Math.floor((i * before) / after), before - 1)
      : ((i + 0.5) * before) / after - 0.5;
  const u = new Float64Array(toHeight * toWidth);
  const v = new Float64Array(toHeight * toWidth);
  for (let p = 0; p < u.length; p++) {
    u[p] = place(p % toWidth, width, toWidth);
    v[p] = place(Math.floor(p / toWidth), height, toHeight);
  }
  return gridTaps({ height, width, u, v }, { sampling, border: "edge" });
}
