import { gridTaps, type Sampling } from "./sampling.ts";
import { emptyTaps, type Taps } from "./taps.ts";

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
  /**
   * Bilinear (default), nearest, bilinear with a filter as wide as the scale where an image shrinks, or bilinear with
   * the corner pixels of both images on each other.
   */
  readonly sampling?: Sampling | "antialiased" | "corners";
}

/**
 * Resize of a plain image. Bilinear: pixel centres at +0.5, edges repeated, no antialiasing (torchvision with
 * `align_corners=False`). Antialiased: where an image shrinks, a triangle that reaches one output pixel to both sides,
 * its weights scaled to a sum of 1 at the borders too (torchvision with `antialias=True`); bilinear where it grows.
 * Nearest: pixel `floor(i · before / after)` (PyTorch's `nearest`). Corners: place `i · (before - 1) / (after - 1)`, so
 * that the centres of the first and of the last pixels coincide (PyTorch with `align_corners=True`; BiFuse++'s output).
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
  if (sampling === "antialiased") return antialiasedTaps(options);
  const place = {
    bilinear: centreOf,
    corners: cornerOf,
    nearest: (i: number, before: number, after: number): number =>
      Math.min(Math.floor((i * before) / after), before - 1),
  }[sampling];
  const u = new Float64Array(toHeight * toWidth);
  const v = new Float64Array(toHeight * toWidth);
  for (let p = 0; p < u.length; p++) {
    u[p] = place(p % toWidth, width, toWidth);
    v[p] = place(Math.floor(p / toWidth), height, toHeight);
  }
  const picked = sampling === "nearest" ? sampling : "bilinear";
  return gridTaps({ height, width, u, v }, { sampling: picked, border: "edge" });
}

/** Where the centre of output pixel `i` lies among input pixels. */
function centreOf(i: number, before: number, after: number): number {
  return ((i + 0.5) * before) / after - 0.5;
}

/** The same with the corner pixels of both images on each other; a single pixel reads the first. */
function cornerOf(i: number, before: number, after: number): number {
  return after === 1 ? 0 : (i * (before - 1)) / (after - 1);
}

function antialiasedTaps({ height, width, toHeight, toWidth }: ResizeOptions): Taps {
  const rows = triangles(height, toHeight);
  const columns = triangles(width, toWidth);
  const most = (weights: readonly Span[]): number =>
    Math.max(...weights.map(({ weight }) => weight.length));
  const k = most(rows) * most(columns);
  const taps = emptyTaps(toHeight * toWidth, height * width, k);
  rows.forEach((row, r) =>
    columns.forEach((column, c) => {
      let e = (r * toWidth + c) * k;
      row.weight.forEach((a, i) =>
        column.weight.forEach((b, j) => {
          taps.index[e] = (row.first + i) * width + column.first + j;
          taps.weight[e++] = a * b;
        })
      );
    })
  );
  return taps;
}

/** Neighbouring pixels of a line and their weights, which add up to 1. */
interface Span {
  readonly first: number;
  readonly weight: readonly number[];
}

/** The pixels of a line that each pixel of a resized line reads. */
function triangles(before: number, after: number): Span[] {
  if (!(before >= 1 && after >= 1)) {
    throw new RangeError(`Cannot resize ${before} pixels to ${after}: at least one is needed`);
  }
  const reach = Math.max(1, before / after);
  return Array.from({ length: after }, (_, i) => {
    const centre = centreOf(i, before, after);
    const first = Math.max(0, Math.floor(centre - reach) + 1);
    const last = Math.min(before - 1, Math.ceil(centre + reach) - 1);
    const weight: number[] = [];
    for (let at = first; at <= last; at++) weight.push(1 - Math.abs(at - centre) / reach);
    const sum = weight.reduce((a, b) => a + b, 0);
    return { first, weight: weight.map((w) => w / sum) };
  });
}
