import { emptyTaps, type Taps } from "./taps.ts";

/** Four weighted neighbours, or the nearest pixel. */
export type Sampling = "bilinear" | "nearest";

/**
 * What lies outside an image: `sphere` wraps in longitude and continues over a pole on the opposite
 * meridian (panoramas), `zeros` is black, `edge` repeats the border pixel.
 */
export type Border = "sphere" | "zeros" | "edge";

/**
 * Where a nearest pick goes that lies exactly between two pixels: `up` to the larger index (`floor(c + 0.5)`),
 * `even` to the even index (PyTorch's grid_sample).
 */
export type Ties = "up" | "even";

/** For every output pixel the place it reads, in pixels of a source image; the centre of its first pixel is (0, 0). */
export interface SamplingGrid {
  /** Rows of the source image. */
  readonly height: number;
  /** Columns of the source image. */
  readonly width: number;
  /** Column coordinate of each output pixel, to the right. */
  readonly u: Float64Array<ArrayBuffer>;
  /** Row coordinate of each output pixel, downwards. */
  readonly v: Float64Array<ArrayBuffer>;
}

/** How {@linkcode gridTaps} reads the source image. */
export interface GridTapsOptions {
  /** Bilinear (default) or nearest. */
  readonly sampling?: Sampling;
  /** What lies outside the source; `sphere` by default. */
  readonly border?: Border;
  /** Rule for nearest picks between two pixels; `up` by default. */
  readonly ties?: Ties;
}

/**
 * Taps that read a source image at the places of a grid.
 *
 * @param grid where each output pixel reads
 * @param options sampling, border and tie rule
 * @returns taps with K = 4 (bilinear) or K = 1 (nearest); weights sum to 1 except outside a `zeros` border
 * @throws {RangeError} if the source is empty, or the border is `sphere` and its width is odd
 */
export function gridTaps(grid: SamplingGrid, options: GridTapsOptions = {}): Taps {
  const { sampling = "bilinear", border = "sphere", ties = "up" } = options;
  const { height, width } = grid;
  if (!(height >= 1 && width >= 1) || (border === "sphere" && width % 2 !== 0)) {
    throw new RangeError(
      `Cannot sample image with a ${border} border as its size does not fit: current size is ${width}x${height}, ` +
        `width and height must be positive, and a panorama's width even`,
    );
  }
  return sampling === "nearest" ? nearestTaps(grid, border, ties) : bilinearTaps(grid, border);
}

function bilinearTaps({ height, width, u, v }: SamplingGrid, border: Border): Taps {
  const taps = emptyTaps(u.length, height * width, 4);
  for (let p = 0; p < u.length; p++) {
    const column = Math.floor(u[p]!);
    const row = Math.floor(v[p]!);
    const right = u[p]! - column;
    const down = v[p]! - row;
    for (let k = 0; k < 4; k++) {
      const w = (k & 1 ? right : 1 - right) * (k & 2 ? down : 1 - down);
      const at = w === 0 ? 0 : sourceIndex(column + (k & 1), row + (k >> 1), width, height, border);
      if (w === 0 || at < 0) continue;
      taps.index[4 * p + k] = at;
      taps.weight[4 * p + k] = w;
    }
  }
  return taps;
}

function nearestTaps({ height, width, u, v }: SamplingGrid, border: Border, ties: Ties): Taps {
  const taps = emptyTaps(u.length, height * width, 1);
  const round = ties === "up" ? roundHalfUp : roundHalfEven;
  for (let p = 0; p < u.length; p++) {
    const at = sourceIndex(round(u[p]!), round(v[p]!), width, height, border);
    if (at < 0) continue;
    taps.index[p] = at;
    taps.weight[p] = 1;
  }
  return taps;
}

/** Row-major index of a pixel that may lie one image outside, or -1 for none. */
function sourceIndex(
  column: number,
  row: number,
  width: number,
  height: number,
  border: Border,
): number {
  if (border === "sphere") {
    if (row < 0 || row >= height) {
      row = row < 0 ? -1 - row : 2 * height - 1 - row; // over the pole ...
      column += width / 2; // ... on the opposite meridian
    }
    column %= width;
    return row * width + (column < 0 ? column + width : column);
  }
  if (border === "edge") {
    return Math.min(Math.max(row, 0), height - 1) * width +
      Math.min(Math.max(column, 0), width - 1);
  }
  return row < 0 || row >= height || column < 0 || column >= width ? -1 : row * width + column;
}

function roundHalfUp(x: number): number {
  return Math.floor(x + 0.5);
}

/**
 * Round to the nearest integer, halves to the even one (IEEE 754, numpy, PyTorch).
 *
 * @param x any number
 * @returns the rounded number
 */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
