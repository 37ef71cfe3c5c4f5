/**
 * Dispatches of Winograd's linear transforms: images and weights are spread to points, products of points gathered again.
 *
 * @module
 */
import { type Graph, read, spread, target, type Tensor, write } from "../gpu/graph.ts";
import type { Shader } from "../gpu/shader.ts";
import type { Contribution } from "../gpu/tensor.ts";
import {
  type Epilogue,
  epilogueBindings,
  epilogueCode,
  epilogueConstants,
  epilogueWords,
} from "./conv2d_epilogue.ts";
import type { Geometry } from "./conv2d_geometry.ts";
import { type Image, points, type Tiles } from "./conv2d_winograd_tiles.ts";
import transformsText from "./conv2d_winograd_4x4.wgsl" with { type: "text" };
import imageCode from "./conv2d_winograd_image.wgsl" with { type: "text" };
import pointsText from "./conv2d_winograd_points.wgsl" with { type: "text" };
import tapsCode from "./conv2d_winograd_taps.wgsl" with { type: "text" };

const transforms = [
  { file: "conv2d_winograd_4x4.wgsl", text: transformsText },
  { file: "conv2d_winograd_points.wgsl", text: pointsText },
];

function imageShader(entryPoint: string, epilogue: Pick<Epilogue, "residual"> = {}): Shader {
  return {
    file: "conv2d_winograd_image.wgsl",
    code: [...transforms, ...epilogueCode, imageCode],
    entryPoint,
    constants: epilogueConstants(epilogue),
  };
}

function imageWords(image: Image, tiles: Tiles): number[] {
  return [
    image.height,
    image.width,
    image.groups,
    tiles.rows,
    tiles.columns,
    image.paddingY,
    image.paddingX,
    tiles.count * image.groups,
  ];
}

/** Points of the tiles of `image` that `tiles` counts; `B^T x B` or, for a gradient by the outputs, `A y A^T`. */
export function spreadImage(
  graph: Graph,
  label: string,
  entryPoint: "spread_source" | "spread_slope",
  x: Tensor,
  image: Image,
  tiles: Tiles,
): Tensor {
  const threads = tiles.count * image.groups;
  const to = graph.temp(label, [points * threads * 4]);
  graph.dispatch({
    label,
    shader: imageShader(entryPoint),
    uniforms: [...imageWords(image, tiles), 0, 0, 0], // nothing is gathered
    bindings: [read(x), write(to)],
    workgroups: spread(threads, 64),
  });
  return to;
}

/** image = what the epilogue makes of A^T products A. */
export function gatherImage(
  graph: Graph,
  label: string,
  products: Tensor,
  image: Image,
  tiles: Tiles,
  epilogue: Epilogue,
): void {
  graph.dispatch({
    label,
    shader: imageShader("gather", epilogue),
    uniforms: [...imageWords(image, tiles), ...epilogueWords(epilogue)],
    bindings: [read(products), ...epilogueBindings(epilogue, products)],
    workgroups: spread(tiles.count * image.groups, 64),
  });
}

function tapsShader(entryPoint: string): Shader {
  return { file: "conv2d_winograd_taps.wgsl", code: [...transforms, tapsCode], entryPoint };
}

/** Pairs of an input channel and a group of 4 output channels. */
const pairsOf = (g: Geometry): number => g.inputGroups * 4 * g.outputGroups;

/** Room for the points of a weight or of its gradient, or for several parts of these. */
export function weightPoints(graph: Graph, g: Geometry, label: string, parts = 1): Tensor {
  return graph.temp(label, [parts * points * pairsOf(g) * 4]);
}

/** Points of a weight, `G w G^T`; `flipped`: with its taps in reverse, as the input gradient sees them. */
export function spreadWeight(
  graph: Graph,
  label: string,
  weight: Tensor,
  g: Geometry,
  flipped: boolean,
): Tensor {
  const to = weightPoints(graph, g, label);
  graph.dispatch({
    label,
    shader: tapsShader("spread_weight"),
    uniforms: [g.inputGroups * 4, g.outputGroups, pairsOf(g), Number(flipped), 0],
    bindings: [read(weight), write(to)],
    workgroups: [Math.ceil(g.inputGroups / 2), Math.ceil(g.outputGroups / 8)],
  });
  return to;
}

/** dw = or += `G^T slopes G`. */
export function gatherWeight(
  graph: Graph,
  label: string,
  slopes: Tensor,
  g: Geometry,
  dw: Contribution,
): void {
  graph.dispatch({
    label,
    shader: tapsShader("gather_weight"),
    uniforms: [g.inputGroups * 4, g.outputGroups, pairsOf(g), 0, Number(dw.accumulate)],
    bindings: [read(slopes), { tensor: dw.tensor, access: target(dw) }],
    workgroups: spread(pairsOf(g), 64),
  });
}
