/**
 * How Winograd's convolution cuts an image into tiles, and which convolutions it can compute.
 *
 * @module
 */
import type { Geometry } from "./conv2d_geometry.ts";

const side = 4; // outputs of a tile along an axis
/** Points of a tile: its linear transform, as many numbers as it has inputs. */
export const points = (side + 2) ** 2;

/** An image `[N, height, width, 4 * groups]` and where its tiles start. */
export interface Image {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly groups: number;
  readonly paddingY: number;
  readonly paddingX: number;
}

/** How an image is cut. */
export interface Tiles {
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
}

/** The tiles that cover an image. */
export function tilesOf({ batch, height, width }: Image): Tiles {
  const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)];
  return { rows, columns, count: batch * rows * columns };
}

/** The image that is read; its gradient is written. */
export const inputOf = (g: Geometry): Image => ({ ...g, groups: g.inputGroups });

/** The image that is written; its gradient is read, padded by what the input was not. */
export const outputOf = (g: Geometry): Image => ({
  batch: g.batch,
  height: g.outputHeight,
  width: g.outputWidth,
  groups: g.outputGroups,
  paddingY: 2 - g.paddingY,
  paddingX: 2 - g.paddingX,
});

/** Whether the transforms can compute a convolution at all. */
export function fitsWinograd(g: Geometry): boolean {
  return g.kernelHeight === 3 && g.kernelWidth === 3 && g.stride === 1 && g.paddingY <= 2 &&
    g.paddingX <= 2;
}

/** What transforms cost depends on. */
export interface WinogradSize {
  /** Tiles of the image that is written, or of the gradient by the outputs. */
  readonly tiles: number;
  /** Pixels of that image for each of theirs, at most 1: small images do not fill their tiles. */
  readonly filled: number;
  /** Of the largest tensor that is bound. */
  readonly bytes: number;
}

/** Sizes of a convolution by tiles; `transposed`: of its input gradient. */
export function winogradSize(g: Geometry, transposed: boolean): WinogradSize {
  const image = transposed ? inputOf(g) : outputOf(g);
  const tiles = tilesOf(image).count;
  const widest = Math.max(g.inputGroups, g.outputGroups);
  const vectors = Math.max(tiles * widest, g.inputGroups * 4 * g.outputGroups);
  return {
    tiles,
    filled: image.batch * image.height * image.width / (tiles * side ** 2),
    bytes: points * 16 * vectors,
  };
}
