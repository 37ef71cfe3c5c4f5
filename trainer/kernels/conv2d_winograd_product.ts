/**
 * The products of Winograd's points, a matrix product for each of them: on software adapters with lanes in lockstep, on GPUs
 * from blocks in workgroup memory.
 *
 * @module
 */
import type { Dispatch } from "../gpu/graph.ts";
import { rowsCode, runsCode } from "./conv2d_lane.ts";
import type { WinogradTiles } from "./conv2d_tile_choice.ts";
import { tileProductsCode, weightTileProductsCode } from "./conv2d_tile_products.ts";
import { points } from "./conv2d_winograd_tiles.ts";
import productCode from "./conv2d_winograd_product.wgsl" with { type: "text" };
import productTilesCode from "./conv2d_winograd_product_tiles.wgsl" with { type: "text" };
import slopeCode from "./conv2d_winograd_slope.wgsl" with { type: "text" };
import slopeTilesCode from "./conv2d_winograd_slope_tiles.wgsl" with { type: "text" };

/** Tiles of `runs * lanes` tiles; lanes run over channels. */
export interface WinogradPixels {
  /** Tells it from the other kernels. */
  readonly kind: "winograd";
  /** Invocations in lockstep. */
  readonly lanes: number;
  /** Tiles that a lane loads. */
  readonly runs: number;
}

/** Lanes run over output channels, `vector` a lane; `rows * lanes` groups of 4 input channels. */
export interface WinogradWeight {
  /** Tells it from the other kernels. */
  readonly kind: "winograd";
  /** Invocations in lockstep. */
  readonly lanes: number;
  /** Output channels of a lane. */
  readonly vector: 1 | 2 | 4;
  /** Groups of input channels that a lane loads, 1 to 3. */
  readonly rows: number;
}

/** Sizes of the matrices: tiles, and groups of 4 channels. */
export interface Matrices {
  readonly tiles: number;
  /** Of what is multiplied, or correlated: channels of the source. */
  readonly sourceGroups: number;
  /** Of the products, or of the gradient that the source is correlated with. */
  readonly groups: number;
}

type Launch = Pick<Dispatch, "shader" | "uniforms" | "workgroups">;

/** Products of image and weight; `transposed`: as the input gradient has them. */
export function multiply(
  variant: WinogradPixels | WinogradTiles,
  { tiles, sourceGroups, groups }: Matrices,
  transposed: boolean,
): Launch {
  const sizes = [tiles, sourceGroups, groups];
  const entryPoint = "multiply";
  if (variant.kind === "winograd") {
    const { lanes, runs } = variant;
    return {
      shader: {
        file: "conv2d_winograd_product.wgsl",
        code: [runsCode, productCode],
        entryPoint,
        constants: { LANES: lanes, RUNS: runs },
        subgroups: true,
      },
      uniforms: [...sizes, Number(transposed)],
      workgroups: [Math.ceil(groups / lanes), Math.ceil(tiles / (lanes * runs)), points],
    };
  }
  const { columns, rows, depth } = variant;
  return {
    shader: {
      file: "conv2d_winograd_product_tiles.wgsl",
      code: [tileProductsCode, productTilesCode],
      entryPoint,
      constants: { COLUMNS: columns, ROWS: rows, DEPTH: depth, TRANSPOSED: transposed },
    },
    uniforms: sizes,
    workgroups: [Math.ceil(groups / columns), Math.ceil(tiles / (4 * rows)), points],
  };
}

/** Products of image and gradient, summed over tiles: in `parts` of them where tiles are split. */
export function correlate(
  variant: WinogradWeight | (WinogradTiles & { readonly parts: number }),
  { tiles, sourceGroups, groups }: Matrices,
): Launch {
  const entryPoint = "correlate";
  if (variant.kind === "winograd") {
    const { lanes, vector, rows } = variant;
    const columns = groups * 4;
    return {
      shader: {
        file: "conv2d_winograd_slope.wgsl",
        code: [...rowsCode(vector), slopeCode],
        entryPoint,
        constants: { LANES: lanes, ROWS: rows, VECTOR: vector },
        subgroups: true,
      },
      uniforms: [tiles, sourceGroups, columns],
      workgroups: [
        Math.ceil(columns / (vector * lanes)),
        Math.ceil(sourceGroups / (rows * lanes)),
        points,
      ],
    };
  }
  const { columns, rows, depth, parts } = variant;
  return {
    shader: {
      file: "conv2d_winograd_slope_tiles.wgsl",
      code: [weightTileProductsCode, slopeTilesCode],
      entryPoint,
      constants: { COLUMNS: columns, ROWS: rows, DEPTH: depth },
    },
    uniforms: [tiles, sourceGroups, groups, parts],
    workgroups: [Math.ceil(groups / columns), Math.ceil(sourceGroups / rows), points * parts],
  };
}
