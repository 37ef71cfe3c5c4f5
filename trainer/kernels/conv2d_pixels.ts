/**
 * Dispatches of conv2d that give an image: the forward pass and the input gradient.
 *
 * @module
 */
import {
  type Binding,
  type Graph,
  read,
  spread,
  target,
  type Tensor,
  write,
} from "../gpu/graph.ts";
import type { Contribution } from "../gpu/tensor.ts";
import { type Activation, activationCode, activationConstant } from "./conv2d_activation.ts";
import { flops, type Geometry } from "./conv2d_geometry.ts";
import { runsCode } from "./conv2d_lane.ts";
import { type PixelVariant, portableLanes } from "./conv2d_variants.ts";
import { convolveTiles, type WinogradPixels } from "./conv2d_winograd.ts";
import biasText from "./conv2d_bias.wgsl" with { type: "text" };
import broadcastText from "./conv2d_broadcast.wgsl" with { type: "text" };
import channelsCode from "./conv2d_channels.wgsl" with { type: "text" };
import lanesCode from "./conv2d.wgsl" with { type: "text" };
import noBiasText from "./conv2d_no_bias.wgsl" with { type: "text" };
import tilesCode from "./conv2d_tiles.wgsl" with { type: "text" };
import uniformText from "./conv2d_uniform.wgsl" with { type: "text" };

const biasCode = { file: "conv2d_bias.wgsl", text: biasText };
const noBiasCode = { file: "conv2d_no_bias.wgsl", text: noBiasText };
/** How lanes get their weights: with subgroups, and without. */
const broadcastCode = { file: "conv2d_broadcast.wgsl", text: broadcastText };
const uniformCode = { file: "conv2d_uniform.wgsl", text: uniformText };

/** Weights up to this size stay in a core's cache, so pixels need to be read from memory only once. */
const cachedBytes = 1 << 18;

interface Pass {
  readonly entryPoint: "forward" | "backward_input";
  readonly label: string;
  readonly bindings: readonly Binding[];
  readonly bias: boolean;
  readonly accumulate: boolean;
  readonly activation?: Activation | undefined;
}

/** What {@linkcode dispatchForward} reads and writes, and what it makes of the sums. */
export interface ForwardPass {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  readonly activation: Activation | undefined;
  readonly y: Tensor;
}

/** y = activation(x * weight + bias). */
export function dispatchForward(
  graph: Graph,
  g: Geometry,
  variant: PixelVariant,
  { x, weight, bias, activation, y }: ForwardPass,
): void {
  const label = `conv2d forward ${weight.name}`;
  if (variant.kind === "winograd") {
    const to = { tensor: y, accumulate: false };
    return convolveTiles(graph, g, variant, {
      label,
      source: x,
      weight,
      bias,
      activation,
      to,
      transposed: false,
    });
  }
  dispatchPass(graph, g, variant, {
    entryPoint: "forward",
    label,
    bindings: [read(x), read(weight), write(y), ...(bias ? [read(bias)] : [])],
    bias: bias !== undefined,
    accumulate: false,
    activation,
  });
}

/** dx = or += dy * weight, read backward. */
export function dispatchInputGradient(
  graph: Graph,
  g: Geometry,
  variant: PixelVariant,
  { dy, weight, dx }: { dy: Tensor; weight: Tensor; dx: Contribution },
): void {
  const label = `conv2d input gradient ${weight.name}`;
  if (variant.kind === "winograd") {
    return convolveTiles(graph, g, variant, {
      label,
      source: dy,
      weight,
      to: dx,
      transposed: true,
    });
  }
  dispatchPass(graph, g, variant, {
    entryPoint: "backward_input",
    label,
    bindings: [read(dy), read(weight), { tensor: dx.tensor, access: target(dx) }],
    bias: false,
    accumulate: dx.accumulate,
  });
}

function dispatchPass(
  graph: Graph,
  g: Geometry,
  variant: Exclude<PixelVariant, WinogradPixels>,
  pass: Pass,
): void {
  const transposed = pass.entryPoint === "backward_input";
  const input = [g.height, g.width, g.inputGroups];
  const output = [g.outputHeight, g.outputWidth, g.outputGroups];
  const [source, destination] = transposed ? [output, input] : [input, output];
  const [height, width, groups] = destination as [number, number, number];
  const phases = transposed ? g.stride : 1;
  const extent = { height: Math.ceil(height / phases), width: Math.ceil(width / phases) };
  const start = pass.bias ? biasCode : noBiasCode;
  const activation = activationConstant(pass.activation);
  const sizes = [g.batch, ...source, ...destination];
  const kernel = [g.kernelHeight, g.kernelWidth, g.stride, g.paddingY, g.paddingX];
  if (variant.kind === "channels") {
    const { lanes, runs } = variant;
    const pixels = g.batch * extent.height * extent.width;
    const [x, y] = spread(Math.ceil(pixels / runs), lanes);
    const blocks = Math.ceil(groups / lanes) * phases * phases;
    const [from, weight, to, bias] = pass.bindings as [Binding, Binding, Binding, Binding?];
    const channelsFirst = weight.tensor.bytes <= cachedBytes;
    graph.dispatch({
      label: pass.label,
      shader: {
        file: "conv2d_channels.wgsl",
        code: [activationCode, runsCode, channelsCode],
        entryPoint: "convolve",
        constants: { LANES: lanes, RUNS: runs, ...activation },
        subgroups: true,
      },
      uniforms: [
        ...sizes,
        ...kernel,
        Number(transposed),
        Number(pass.bias),
        Number(pass.accumulate),
        Number(channelsFirst),
      ],
      bindings: [from, weight, bias ?? weight, to],
      workgroups: channelsFirst ? [blocks, x, y] : [x, y, blocks],
      flops: flops(g),
    });
    return;
  }
  if (variant.kind === "tiles") {
    const { columns, rows, depth } = variant;
    const [x, y] = spread(g.batch * extent.height * extent.width, 4 * rows);
    graph.dispatch({
      ...pass,
      shader: {
        file: "conv2d_tiles.wgsl",
        code: [start, activationCode, tilesCode],
        entryPoint: pass.entryPoint,
        constants: {
          COLUMNS: columns,
          ROWS: rows,
          DEPTH: depth,
          TRANSPOSED: transposed,
          ...activation,
        },
      },
      uniforms: [...sizes, ...kernel, Number(pass.accumulate)],
      workgroups: [x, y, Math.ceil(groups / columns) * phases * phases],
      flops: flops(g),
    });
    return;
  }
  const { run, runs, blocks, taps } = variant;
  if (variant.lanes === 0 && taps > 1) {
    throw new RangeError(
      `Cannot share pixels between ${taps} taps without subgroups: taps must be 1`,
    );
  }
  const lanes = variant.lanes || portableLanes;
  const [x, y] = spread(
    Math.ceil(g.batch * extent.height * Math.ceil(extent.width / run) / runs),
    lanes,
  );
  graph.dispatch({
    ...pass,
    shader: {
      file: "conv2d.wgsl",
      code: [start, activationCode, variant.lanes > 0 ? broadcastCode : uniformCode, lanesCode],
      entryPoint: pass.entryPoint,
      constants: {
        LANES: lanes,
        RUN: run,
        RUNS: runs,
        TAPS: taps,
        STEP: transposed ? 1 : g.stride,
        BLOCKS: blocks,
        TRANSPOSED: transposed,
        PHASES: phases,
        ACCUMULATE: pass.accumulate,
        ...activation,
      },
      subgroups: variant.lanes > 0,
    },
    uniforms: [...sizes, ...kernel],
    workgroups: [x, y, Math.ceil(groups / blocks) * phases * phases],
    flops: flops(g),
  });
}
