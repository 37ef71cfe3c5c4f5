/**
 * Dispatches of conv2d that give the gradients of weight and bias: sums over all pixels, split into parts that a
 * second pass adds in a fixed order.
 *
 * @module
 */
import { type Dispatch, type Graph, read, type Tensor, words, write } from "../gpu/graph.ts";
import type { Contribution } from "../gpu/tensor.ts";
import { blocksCode, forSums } from "./blocks.ts";
import { flops, type Geometry } from "./conv2d_geometry.ts";
import { rowsCode } from "./conv2d_lane.ts";
import { sumParts } from "./conv2d_sum.ts";
import { weightTileProductsCode } from "./conv2d_tile_products.ts";
import { portableLanes, type WeightVariant } from "./conv2d_variants.ts";
import { correlateTiles } from "./conv2d_winograd.ts";
import { partialSums, sumCode as tileSumCode, sumTiles } from "./tile_sum.ts";
import biasCode from "./conv2d_bias_gradient.wgsl" with { type: "text" };
import columnsCode from "./conv2d_weight.wgsl" with { type: "text" };
import pixelsCode from "./conv2d_weight_pixels.wgsl" with { type: "text" };
import tilesCode from "./conv2d_weight_tiles.wgsl" with { type: "text" };

/** dw = or += the sum over pixels of x times dy. */
export function dispatchWeightGradient(
  graph: Graph,
  g: Geometry,
  variant: WeightVariant,
  { x, dy, weight, dw }: { x: Tensor; dy: Tensor; weight: Tensor; dw: Contribution },
): void {
  const label = `conv2d weight gradient ${weight.name}`;
  if (variant.kind === "winograd" || variant.kind === "winograd tiles") {
    return correlateTiles(graph, g, variant, { label, x, dy, dw });
  }
  const count = words(dw.tensor);
  const parts = variant.kind === "pixels" ? variant.parts * portableLanes : variant.parts;
  const direct = parts === 1 && !dw.accumulate;
  const into = direct ? dw.tensor : graph.temp(`${label} parts`, [parts * count]);
  graph.dispatch({
    label,
    ...launch(g, variant),
    bindings: [
      read(x),
      read(dy),
      write(into),
    ],
    flops: flops(g),
  });
  if (!direct) sumParts(graph, `${label} sum`, into, parts, dw);
}

type Launch = Pick<Dispatch, "shader" | "uniforms" | "workgroups">;

/** Kernels that read x and dy themselves. */
type Direct = Exclude<WeightVariant, { kind: "winograd" | "winograd tiles" }>;

function launch(g: Geometry, variant: Direct): Launch {
  const entryPoint = "backward_weight";
  const lines = g.batch * g.outputHeight;
  const source = [g.height, g.width, g.inputGroups, g.outputHeight, g.outputWidth];
  const kernel = [g.kernelHeight, g.kernelWidth];
  const padding = [g.paddingY, g.paddingX];
  const rows = g.kernelHeight * g.kernelWidth * g.inputGroups;
  if (variant.kind === "tiles") {
    const { columns, depth, parts } = variant;
    const pixels = lines * g.outputWidth;
    return {
      shader: {
        file: "conv2d_weight_tiles.wgsl",
        code: [weightTileProductsCode, tilesCode],
        entryPoint,
        constants: { COLUMNS: columns, ROWS: variant.rows, DEPTH: depth },
      },
      uniforms: [
        ...source,
        g.outputGroups,
        ...kernel,
        g.stride,
        ...padding,
        pixels,
        parts,
      ],
      workgroups: [parts, Math.ceil(g.outputGroups / columns), Math.ceil(rows / variant.rows)],
    };
  }
  if (variant.kind === "columns") {
    const { lanes, vector, parts } = variant;
    const columns = g.outputGroups * 4;
    return {
      shader: {
        file: "conv2d_weight.wgsl",
        code: [...rowsCode(vector), columnsCode],
        entryPoint,
        constants: { LANES: lanes, ROWS: variant.rows, VECTOR: vector },
        subgroups: true,
      },
      uniforms: [
        ...source,
        columns,
        ...kernel,
        g.stride,
        ...padding,
        lines,
        parts,
      ],
      workgroups: [
        Math.ceil(columns / (vector * lanes)),
        Math.ceil(rows / (variant.rows * lanes)),
        parts,
      ],
    };
  }
  const { run, taps, inputs, outputs, parts } = variant;
  return {
    shader: {
      file: "conv2d_weight_pixels.wgsl",
      code: pixelsCode,
      entryPoint,
      constants: {
        LANES: portableLanes,
        RUN: run,
        TAPS: taps,
        STEP: g.stride,
        INPUTS: inputs,
        OUTPUTS: outputs,
      },
    },
    uniforms: [...source, g.outputGroups, ...kernel, ...padding, lines, parts],
    workgroups: [
      parts,
      Math.ceil(g.outputGroups / outputs),
      g.kernelHeight * Math.ceil(g.kernelWidth / taps) * Math.ceil(g.inputGroups / inputs),
    ],
  };
}

/** db = or += the sum over pixels of dy. */
export function dispatchBiasGradient(
  graph: Graph,
  dy: Tensor,
  bias: Tensor,
  db: Contribution,
): void {
  const label = `conv2d bias gradient ${bias.name}`;
  const channels = words(bias);
  const over = forSums(graph.gpu, 1, words(dy) / channels, channels);
  const partials = partialSums(graph, label, over);
  graph.dispatch({
    label,
    shader: {
      file: "conv2d_bias_gradient.wgsl",
      code: [blocksCode, tileSumCode(graph.gpu), biasCode],
      entryPoint: "tiles",
    },
    uniforms: over.uniforms,
    bindings: [read(dy), write(partials)],
    workgroups: over.workgroups,
  });
  sumTiles(graph, label, over, partials, db, 1);
}
