/**
 * Winograd's convolution with 3x3 taps and stride 1: tiles of 4 x 4 outputs from 6 x 6 inputs take 36 products a channel
 * pair instead of 144. What is multiplied are linear transforms of tiles and taps, "points"; see conv2d_winograd_4x4.wgsl.
 *
 *   y  = A^T ((G w G^T) * (B^T x B)) A
 *   dx = the same of dy, with the taps in reverse
 *   dw = G^T ((B^T x B) * (A dy A^T)) G, summed over tiles
 *
 * Lavin, Gray 2015, "Fast Algorithms for Convolutional Neural Networks".
 *
 * @module
 */
import { type Graph, read, type Tensor, write } from "../gpu/graph.ts";
import type { Contribution } from "../gpu/tensor.ts";
import { flops, type Geometry } from "./conv2d_geometry.ts";
import { rowsCode, runsCode } from "./conv2d_lane.ts";
import type { PixelPass } from "./conv2d_pass.ts";
import { inputOf, outputOf, points, tilesOf } from "./conv2d_winograd_tiles.ts";
import {
  gatherImage,
  gatherWeight,
  spreadImage,
  spreadWeight,
  weightPoints,
} from "./conv2d_winograd_transforms.ts";
import productCode from "./conv2d_winograd_product.wgsl" with { type: "text" };
import slopeCode from "./conv2d_winograd_slope.wgsl" with { type: "text" };

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

/** y = what the pass makes of x * weight, or dx = or += dy * weight, read backward. */
export function convolveTiles(
  graph: Graph,
  g: Geometry,
  { lanes, runs }: WinogradPixels,
  { label, source, weight, transposed, ...epilogue }: PixelPass,
): void {
  const [from, into] = transposed ? [outputOf(g), inputOf(g)] : [inputOf(g), outputOf(g)];
  const tiles = tilesOf(into);
  const sources = spreadImage(graph, `${label} source`, "spread_source", source, from, tiles);
  const taps = spreadWeight(graph, `${label} points`, weight, g, transposed);
  const products = graph.temp(`${label} products`, [points * tiles.count * into.groups * 4]);
  graph.dispatch({
    label,
    shader: {
      file: "conv2d_winograd_product.wgsl",
      code: [runsCode, productCode],
      entryPoint: "multiply",
      constants: { LANES: lanes, RUNS: runs },
      subgroups: true,
    },
    uniforms: [tiles.count, from.groups, into.groups, Number(transposed)],
    bindings: [read(sources), read(taps), write(products)],
    workgroups: [
      Math.ceil(into.groups / lanes),
      Math.ceil(tiles.count / (lanes * runs)),
      points,
    ],
    flops: flops(g),
  });
  gatherImage(graph, `${label} result`, products, into, tiles, epilogue);
}

/** dw = or += the sum over pixels of x times dy. */
export function correlateTiles(
  graph: Graph,
  g: Geometry,
  { lanes, vector, rows }: WinogradWeight,
  { label, x, dy, dw }: { label: string; x: Tensor; dy: Tensor; dw: Contribution },
): void {
  const [input, output] = [inputOf(g), outputOf(g)];
  const tiles = tilesOf(output);
  const source = spreadImage(graph, `${label} source`, "spread_source", x, input, tiles);
  const gradient = spreadImage(graph, `${label} slope`, "spread_slope", dy, output, tiles);
  const slopes = weightPoints(graph, g, `${label} points`);
  const columns = g.outputGroups * 4;
  graph.dispatch({
    label,
    shader: {
      file: "conv2d_winograd_slope.wgsl",
      code: [...rowsCode(vector), slopeCode],
      entryPoint: "correlate",
      constants: { LANES: lanes, ROWS: rows, VECTOR: vector },
      subgroups: true,
    },
    uniforms: [tiles.count, g.inputGroups, columns],
    bindings: [read(source), read(gradient), write(slopes)],
    workgroups: [
      Math.ceil(columns / (vector * lanes)),
      Math.ceil(g.inputGroups / (rows * lanes)),
      points,
    ],
    flops: flops(g),
  });
  gatherWeight(graph, `${label} result`, slopes, g, dw);
}
