/**
 * How visible the borders of the cube are in predictions: what random rotation is there to remove (paper figure 4).
 *
 * @module
 */
import { type FaceName, faceOfRay, pixelToRay } from "@depth-anywhere/geometry";

/** Mean relative disparity jump between neighbouring pixels. */
export interface SeamMeasure {
  /** Across the borders of the un-rotated cube's faces. */
  readonly border: number;
  /** Inside faces, between pixels of the same rows and columns as the borders' neighbourhoods. */
  readonly inside: number;
  /** border / inside: 1 when borders cannot be told from other places. */
  readonly ratio: number;
}

/** Pixels on either side of a border that count as its neighbourhood. */
const neighbourhood = 4;

interface Pairs {
  readonly border: Uint32Array;
  readonly inside: Uint32Array;
}

const cache = new Map<number, Pairs>();

/** Index pairs of neighbouring pixels, at and near the borders of the cube. */
function pairs(height: number): Pairs {
  const known = cache.get(height);
  if (known) return known;
  const width = 2 * height;
  const faces: FaceName[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      faces.push(faceOfRay(pixelToRay(column, row, width, height)));
    }
  }
  const border: number[] = [];
  const inside: number[] = [];
  const face = (row: number, column: number): FaceName =>
    faces[row * width + (column + width) % width]!;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (const [down, right] of [[0, 1], [1, 0]] as const) {
        if (row + down >= height) continue;
        const [here, next] = [
          row * width + column,
          (row + down) * width + (column + right) % width,
        ];
        if (face(row, column) !== face(row + down, column + right)) {
          border.push(here, next);
          continue;
        }
        for (let k = 1; k <= neighbourhood; k++) { // a border within reach along the same direction
          const [before, after] = [row - k * down, row + (k + 1) * down];
          if (before < 0 || after >= height) break;
          const crossed = face(before, column - k * right) !== face(row, column) ||
            face(after, column + (k + 1) * right) !== face(row, column);
          if (crossed) {
            inside.push(here, next);
            break;
          }
        }
      }
    }
  }
  const result = { border: Uint32Array.from(border), inside: Uint32Array.from(inside) };
  cache.set(height, result);
  return result;
}

/**
 * Measure the cube's borders in a predicted disparity.
 *
 * @param disparity `[height, 2 height]`, any scale
 * @returns jumps relative to the map's mean absolute deviation; all 0 and ratio 1 for a flat map
 */
export function seamMeasure(disparity: ArrayLike<number>, height: number): SeamMeasure {
  const { border, inside } = pairs(height);
  const count = 2 * height * height;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += disparity[i]! / count;
  let deviation = 0;
  for (let i = 0; i < count; i++) deviation += Math.abs(disparity[i]! - mean) / count;
  if (!(deviation > 0)) return { border: 0, inside: 0, ratio: 1 };
  const jump = (list: Uint32Array): number => {
    let sum = 0;
    for (let i = 0; i < list.length; i += 2) {
      sum += Math.abs(disparity[list[i]!]! - disparity[list[i + 1]!]!);
    }
    return sum / (list.length / 2) / deviation;
  };
  const [atBorder, within] = [jump(border), jump(inside)];
  return { border: atBorder, inside: within, ratio: within > 0 ? atBorder / within : 1 };
}
