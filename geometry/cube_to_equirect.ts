import {
  type FaceLayout,
  type FaceName,
  faceOfRay,
  faceOrder,
  facePixel,
  rayOnFace,
} from "./face.ts";
import { pixelToRay } from "./sphere.ts";
import { roundHalfEven, type Sampling } from "./sampling.ts";
import { emptyTaps, type Taps } from "./taps.ts";

/** Where each panorama pixel reads on a cube. */
export interface CubeGrid {
  /** Pixels along each face. */
  readonly size: number;
  /** Face of each panorama pixel, as its index in the layout's order, `[height, width]`. */
  readonly face: Uint8Array<ArrayBuffer>;
  /** Column coordinate on that face, in pixels, `[height, width]`. */
  readonly u: Float64Array<ArrayBuffer>;
  /** Row coordinate on that face, in pixels, `[height, width]`. */
  readonly v: Float64Array<ArrayBuffer>;
}

/** Size of a cube and of the panorama made of it. */
export interface CubeToEquirectOptions {
  /** Rows of the panorama. */
  readonly height: number;
  /** Columns of the panorama. */
  readonly width: number;
  /** Pixels along each face. */
  readonly size: number;
}

/**
 * Taps that read a cube at the places of a grid. A face ends at its border: no tap crosses to its neighbour,
 * the border pixel is repeated instead.
 *
 * @param grid face and place of each output pixel
 * @param sampling bilinear (default) or nearest
 * @returns taps from `[6, size, size]` to the grid's pixels
 */
export function cubeGridTaps(grid: CubeGrid, sampling: Sampling = "bilinear"): Taps {
  const { size, face, u, v } = grid;
  const k = sampling === "nearest" ? 1 : 4;
  const taps = emptyTaps(face.length, 6 * size * size, k);
  const last = size - 1;
  for (let p = 0; p < face.length; p++) {
    const first = face[p]! * size * size;
    const x = Math.min(Math.max(u[p]!, 0), last);
    const y = Math.min(Math.max(v[p]!, 0), last);
    if (k === 1) {
      taps.index[p] = first + roundHalfEven(y) * size + roundHalfEven(x);
      taps.weight[p] = 1;
      continue;
    }
    const [column, row] = [Math.floor(x), Math.floor(y)];
    for (let i = 0; i < 4; i++) {
      const w = (i & 1 ? x - column : 1 - x + column) * (i & 2 ? y - row : 1 - y + row);
      if (w === 0) continue; // also keeps the index inside on the last row and column
      taps.index[4 * p + i] = first + (row + (i >> 1)) * size + column + (i & 1);
      taps.weight[4 * p + i] = w;
    }
  }
  return taps;
}

/**
 * Six cube faces to the panorama they show: each pixel reads the one face that its ray falls on.
 *
 * @param options sizes, layout of the faces (`distill` by default) and sampling (`bilinear` by default)
 * @returns taps from `[6, size, size]` to `[height, width]` that cover every pixel
 *
 * @example Faces numbered in the order F R B L U D
 * ```ts
 * import { applyTaps, cubeToEquirectTaps } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * const taps = cubeToEquirectTaps({ height: 4, width: 8, size: 1, layout: "strip" });
 * deepEqual([...applyTaps(taps, [0, 1, 2, 3, 4, 5]).subarray(8, 16)], [2, 3, 3, 0, 0, 1, 1, 2]);
 * ```
 */
export function cubeToEquirectTaps(
  options: CubeToEquirectOptions & { readonly layout?: FaceLayout; readonly sampling?: Sampling },
): Taps {
  const { height, width, size, layout = "distill", sampling } = options;
  const grid = emptyCubeGrid(options);
  const order = faceOrder(layout);
  for (let row = 0, p = 0; row < height; row++) {
    for (let column = 0; column < width; column++, p++) {
      const ray = pixelToRay(column, row, width, height);
      const face = faceOfRay(ray);
      const [a, b] = rayOnFace(face, ray);
      grid.face[p] = order.indexOf(face);
      grid.u[p] = facePixel(layout, size, a);
      grid.v[p] = facePixel(layout, size, b);
    }
  }
  return cubeGridTaps(grid, sampling);
}

/**
 * The cube-to-panorama grid inside UniFuse, part of the network under both recipes: side faces are quarters
 * of the width, the borders to the up and down faces are rounded to whole rows, positions outside the chosen
 * face are clamped to its border. Faces are in `strip` order and layout (their border pixels lie on the border).
 * The original reads a volume of six slices whose third coordinate is off by one float32 step for one face;
 * that leak of 6e-8 is left out.
 *
 * @param options sizes; the width must be a multiple of 4
 * @returns face and place of each panorama pixel
 * @throws {RangeError} if the width is not a multiple of 4 or the height odd
 */
export function unifuseCubeToEquirectGrid(options: CubeToEquirectOptions): CubeGrid {
  const { height, width, size } = options;
  if (width % 4 !== 0 || height % 2 !== 0) {
    throw new RangeError(
      `Cannot build UniFuse grid as the width must be a multiple of 4 and the height even: current size is ${width}x${height}`,
    );
  }
  const grid = emptyCubeGrid(options);
  const quarter = width / 4;
  const shift = Math.floor((3 * width) / 8);
  const order = faceOrder("strip");
  for (let column = 0; column < width; column++) {
    const rolled = (column - shift + width) % width;
    const within = rolled % quarter;
    const angle = (quarter === 1 ? -Math.PI : -Math.PI + (2 * Math.PI * within) / (quarter - 1)) /
      4;
    const border = height / 2 - roundHalfEven((Math.atan(Math.cos(angle)) * height) / Math.PI);
    for (let row = 0; row < height; row++) {
      const p = row * width + column;
      const face = row >= height - border ? 5 : row < border ? 4 : Math.floor(rolled / quarter);
      const [a, b] = rayOnFace(order[face]!, pixelToRay(column, row, width, height));
      grid.face[p] = face;
      grid.u[p] = facePixel("strip", size, clampToFace(a));
      grid.v[p] = facePixel("strip", size, clampToFace(b));
    }
  }
  return grid;
}

/**
 * UniFuse's cube-to-panorama resampling, see {@linkcode unifuseCubeToEquirectGrid}.
 *
 * @param options sizes; the width must be a multiple of 4
 * @returns taps with K = 4 from `[6, size, size]` (faces F R B L U D) to `[height, width]`
 */
export function unifuseCubeToEquirectTaps(options: CubeToEquirectOptions): Taps {
  return cubeGridTaps(unifuseCubeToEquirectGrid(options));
}

/**
 * The cube-to-panorama grid inside BiFuse++, part of the network under both recipes: the panorama's outermost
 * pixel centres lie on its border (first column = last column), positions are clamped to the chosen face.
 * Faces are in `distill` order and layout. Its panorama-to-cube step is
 * `equirectToCubeTaps({ …, layout: "distill", recipe: "released" })`.
 *
 * @param options sizes; faces of one pixel are refused (the original divides 0 by 0 there)
 * @returns face and place of each panorama pixel
 * @throws {RangeError} if a size is below 2
 */
export function bifuseCubeToEquirectGrid(options: CubeToEquirectOptions): CubeGrid {
  const { height, width, size } = options;
  if (!(size >= 2 && height >= 2 && width >= 2)) {
    throw new RangeError(
      `Cannot build BiFuse++ grid as sizes must be at least 2: current panorama is ${width}x${height}, faces are ${size}x${size}`,
    );
  }
  const grid = emptyCubeGrid(options);
  const order = faceOrder("distill");
  for (let row = 0, p = 0; row < height; row++) {
    for (let column = 0; column < width; column++, p++) {
      // From the edge-inclusive grid to the fractional pixel with the same direction.
      const ray = pixelToRay(
        (column / (width - 1)) * width - 0.5,
        (row / (height - 1)) * height - 0.5,
        width,
        height,
      );
      const face: FaceName = faceOfRay(ray);
      const [a, b] = rayOnFace(face, ray);
      grid.face[p] = order.indexOf(face);
      grid.u[p] = Math.min(Math.max(facePixel("distill", size, a), 0), size - 1);
      grid.v[p] = Math.min(Math.max(facePixel("distill", size, b), 0), size - 1);
    }
  }
  return grid;
}

function emptyCubeGrid({ height, width, size }: CubeToEquirectOptions): CubeGrid {
  const pixels = height * width;
  return {
    size,
    face: new Uint8Array(pixels),
    u: new Float64Array(pixels),
    v: new Float64Array(pixels),
  };
}

function clampToFace(position: number): number {
  return Math.min(Math.max(position, -1), 1);
}
