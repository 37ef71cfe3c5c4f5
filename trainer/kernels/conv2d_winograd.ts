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
import { type Graph, read, spread, target, type Tensor, write } from "../gpu/graph.ts";
import type { Shader } from "../gpu/shader.ts";
import type { Contribution } from "../gpu/tensor.ts";
import { type Activation, activationCode, activationConstant } from "./conv2d_activation.ts";
import { flops, type Geometry } from "./conv2d_geometry.ts";
import { rowsCode, runsCode } from "./conv2d_lane.ts";
import transformsText from "./conv2d_winograd_4x4.wgsl" with { type: "text" };
import imageCode from "./conv2d_winograd_image.wgsl" with { type: "text" };
import pointsText from "./conv2d_winograd_points.wgsl" with { type: "text" };
import productCode from "./conv2d_winograd_product.wgsl" with { type: "text" };
import slopeCode from "./conv2d_winograd_slope.wgsl" with { type: "text" };
import tapsCode from "./conv2d_winograd_taps.wgsl" with { type: "text" };

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
  /** Groups of input channels that a lane loads. */
  readonly rows: number;
}

const side = 4; // outputs of a tile along an axis
const points = (side + 2) ** 2;

const transforms = [
  { file: "conv2d_winograd_4x4.wgsl", text: transformsText },
  { file: "conv2d_winograd_points.wgsl", text: pointsText },
];

/** An image `[N, height, width, 4 * groups]` and where its tiles start. */
interface Image {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly groups: number;
  readonly paddingY: number;
  readonly paddingX: number;
}

/** How an image is cut. */
interface Tiles {
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
}

function tilesOf({ batch, height, width }: Image): Tiles {
  const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)];
  return { rows, columns, count: batch * rows * columns };
}

const inputOf = (g: Geometry): Image => ({ ...g, groups: g.inputGroups });

const outputOf = (g: Geometry): Image => ({
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

/** Points of the tiles of `image` that `tiles` counts; `B^T x B` or, for a gradient by the outputs, `A y A^T`. */
function spreadImage(
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
    uniforms: [...imageWords(image, tiles), 0],
    bindings: [read(x), write(to)],
    workgroups: spread(threads, 64),
  });
  return to;
}

function imageShader(
  entryPoint: string,
  accumulate = false,
  activation?: Activation,
): Shader {
  return {
    file: "conv2d_winograd_image.wgsl",
    code: [...transforms, activationCode, imageCode],
    entryPoint,
    constants: { ACCUMULATE: accumulate, ...activationConstant(activation) },
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

/** What {@linkcode convolveTiles} reads and writes. */
export interface WinogradPass {
  readonly label: string;
  readonly source: Tensor;
  readonly weight: Tensor;
  readonly bias?: Tensor | undefined;
  readonly activation?: Activation | undefined;
  readonly to: Contribution;
  /** The input gradient. */
  readonly transposed: boolean;
}

/** y = activation(x * weight + bias), or dx = or += dy * weight, read backward. */
export function convolveTiles(
  graph: Graph,
  g: Geometry,
  { lanes, runs }: WinogradPixels,
  { label, source, weight, bias, activation, to, transposed }: WinogradPass,
): void {
  const [from, into] = transposed ? [outputOf(g), inputOf(g)] : [inputOf(g), outputOf(g)];
  const tiles = tilesOf(into);
  const spreadSource = spreadImage(graph, `${label} source`, "spread_source", source, from, tiles);
  const pairs = g.inputGroups * 4 * g.outputGroups;
  const spreadWeight = graph.temp(`${label} points`, [points * pairs * 4]);
  graph.dispatch({
    label: `${label} points`,
    shader: {
      file: "conv2d_winograd_taps.wgsl",
      code: [...transforms, tapsCode],
      entryPoint: "spread_weight",
    },
    uniforms: [g.inputGroups * 4, g.outputGroups, pairs, Number(transposed), 0],
    bindings: [read(weight), write(spreadWeight)],
    workgroups: [Math.ceil(g.inputGroups / 2), Math.ceil(g.outputGroups / 8)],
  });
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
    bindings: [read(spreadSource), read(spreadWeight), write(products)],
    workgroups: [
      Math.ceil(into.groups / lanes),
      Math.ceil(tiles.count / (lanes * runs)),
      points,
    ],
    flops: flops(g),
  });
  graph.dispatch({
    label: `${label} result`,
    shader: imageShader("gather", to.accumulate, activation),
    uniforms: [...imageWords(into, tiles), Number(bias !== undefined)],
    bindings: [
      read(products),
      read(bias ?? products),
      { tensor: to.tensor, access: target(to) },
    ],
    workgroups: spread(tiles.count * into.groups, 64),
  });
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
  const pairs = g.inputGroups * 4 * g.outputGroups;
  const slopes = graph.temp(`${label} points`, [points * pairs * 4]);
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
  graph.dispatch({
    label: `${label} result`,
    shader: {
      file: "conv2d_winograd_taps.wgsl",
      code: [...transforms, tapsCode],
      entryPoint: "gather_weight",
    },
    uniforms: [g.inputGroups * 4, g.outputGroups, pairs, 0, Number(dw.accumulate)],
    bindings: [read(slopes), { tensor: dw.tensor, access: target(dw) }],
    workgroups: spread(pairs, 64),
  });
}
