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
import type { PixelPass } from "./conv2d_pass.ts";
import { sumParts } from "./conv2d_sum.ts";
import type { WinogradTiles } from "./conv2d_tile_choice.ts";
import {
  correlate,
  multiply,
  type WinogradPixels,
  type WinogradWeight,
} from "./conv2d_winograd_product.ts";
import { inputOf, outputOf, points, type Tiles, tilesOf } from "./conv2d_winograd_tiles.ts";
import {
  gatherImage,
  gatherWeight,
  spreadImage,
  spreadWeight,
  weightPoints,
} from "./conv2d_winograd_transforms.ts";

/** Two per multiply-add of the products, which are all that the arithmetic is counted by: transforms add, and move. */
function productFlops({ inputs, outputs }: Geometry, { count }: Tiles): number {
  return 2 * points * count * inputs * outputs;
}

/** y = what the pass makes of x * weight, or dx = or += dy * weight, read backward. */
export function convolveTiles(
  graph: Graph,
  g: Geometry,
  variant: WinogradPixels | WinogradTiles,
  { label, source, weight, transposed, ...epilogue }: PixelPass,
): void {
  const [from, into] = transposed ? [outputOf(g), inputOf(g)] : [inputOf(g), outputOf(g)];
  const tiles = tilesOf(into);
  const sources = spreadImage(graph, `${label} source`, "spread_source", source, from, tiles);
  const taps = spreadWeight(graph, `${label} points`, weight, g, transposed);
  const products = graph.temp(`${label} products`, [points * tiles.count * into.groups * 4]);
  const matrices = { tiles: tiles.count, sourceGroups: from.groups, groups: into.groups };
  graph.dispatch({
    label,
    ...multiply(variant, matrices, transposed),
    bindings: [read(sources), read(taps), write(products)],
    flops: flops(g),
    executed: productFlops(g, tiles),
  });
  gatherImage(graph, `${label} result`, products, into, tiles, epilogue);
}

/** dw = or += the sum over pixels of x times dy. */
export function correlateTiles(
  graph: Graph,
  g: Geometry,
  variant: WinogradWeight | (WinogradTiles & { readonly parts: number }),
  { label, x, dy, dw }: { label: string; x: Tensor; dy: Tensor; dw: Contribution },
): void {
  const [input, output] = [inputOf(g), outputOf(g)];
  const tiles = tilesOf(output);
  const source = spreadImage(graph, `${label} source`, "spread_source", x, input, tiles);
  const gradient = spreadImage(graph, `${label} slope`, "spread_slope", dy, output, tiles);
  const parts = variant.kind === "winograd" ? 1 : variant.parts;
  const products = weightPoints(graph, g, `${label} products`, parts);
  const matrices = { tiles: tiles.count, sourceGroups: g.inputGroups, groups: g.outputGroups };
  graph.dispatch({
    label,
    ...correlate(variant, matrices),
    bindings: [read(source), read(gradient), write(products)],
    flops: flops(g),
    executed: productFlops(g, tiles),
  });
  let slopes = products;
  if (parts > 1) {
    slopes = weightPoints(graph, g, `${label} points`);
    sumParts(graph, `${label} sum`, products, parts, { tensor: slopes, accumulate: false });
  }
  gatherWeight(graph, `${label} result`, slopes, g, dw);
}
