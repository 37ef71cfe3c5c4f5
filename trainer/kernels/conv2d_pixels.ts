/**
 * Dispatches of conv2d that give an image: the forward pass and the input gradient.
 *
 * @module
 */
import { type Binding, type Dispatch, type Graph, read, spread, write } from "../gpu/graph.ts";
import {
  epilogueBindings,
  epilogueCode,
  epilogueConstants,
  epilogueWords,
} from "./conv2d_epilogue.ts";
import { flops, type Geometry } from "./conv2d_geometry.ts";
import { runsCode } from "./conv2d_lane.ts";
import type { PixelPass } from "./conv2d_pass.ts";
import { tilePixels } from "./conv2d_tile_choice.ts";
import { tileProductsCode } from "./conv2d_tile_products.ts";
import { type PixelVariant, portableLanes } from "./conv2d_variants.ts";
import { convolveTiles } from "./conv2d_winograd.ts";
import broadcastText from "./conv2d_broadcast.wgsl" with { type: "text" };
import channelsCode from "./conv2d_channels.wgsl" with { type: "text" };
import lanesCode from "./conv2d.wgsl" with { type: "text" };
import momentsText from "./conv2d_moments.wgsl" with { type: "text" };
import noMomentsText from "./conv2d_no_moments.wgsl" with { type: "text" };
import tileLoadsText from "./conv2d_tile_loads.wgsl" with { type: "text" };
import tilesCode from "./conv2d_tiles.wgsl" with { type: "text" };
import uniformText from "./conv2d_uniform.wgsl" with { type: "text" };

const momentsCode = { file: "conv2d_moments.wgsl", text: momentsText };
const noMomentsCode = { file: "conv2d_no_moments.wgsl", text: noMomentsText };
const tileLoadsCode = { file: "conv2d_tile_loads.wgsl", text: tileLoadsText };
/** How lanes get their weights: with subgroups, and without. */
const broadcastCode = { file: "conv2d_broadcast.wgsl", text: broadcastText };
const uniformCode = { file: "conv2d_uniform.wgsl", text: uniformText };

/** Weights up to this size stay in a core's cache, so pixels need to be read from memory only once. */
const cachedBytes = 1 << 18;

type Kind<K extends PixelVariant["kind"]> = Extract<PixelVariant, { kind: K }>;
type Launch = Pick<Dispatch, "shader" | "uniforms" | "bindings" | "workgroups">;

/** y = what the pass makes of x * weight, or dx = or += dy * weight, read backward. */
export function dispatchImage(
  graph: Graph,
  g: Geometry,
  variant: PixelVariant,
  pass: PixelPass,
): void {
  if (variant.kind === "winograd" || variant.kind === "winograd tiles") {
    return convolveTiles(graph, g, variant, pass);
  }
  const launch = variant.kind === "channels"
    ? overChannels(g, variant, pass)
    : variant.kind === "tiles"
    ? inTiles(g, variant, pass)
    : overPixels(g, variant, pass);
  const repeatable = !pass.transposed && g.inputGroups === 1; // of at most 4 channels, as a stem: large maps, few products
  graph.dispatch({ label: pass.label, ...launch, flops: flops(g), repeatable });
}

/** The struct `Dims` of all three, up to where they differ. */
function sizes(g: Geometry, pass: PixelPass): number[] {
  const input = [g.height, g.width, g.inputGroups];
  const output = [g.outputHeight, g.outputWidth, g.outputGroups];
  const images = pass.transposed ? [...output, ...input] : [...input, ...output];
  const kernel = [g.kernelHeight, g.kernelWidth, g.stride, g.paddingY, g.paddingX];
  return [g.batch, ...images, ...kernel, ...epilogueWords(pass)];
}

/** What is written, in `phases` of each axis that see the same taps. */
function written(g: Geometry, transposed: boolean) {
  const phases = transposed ? g.stride : 1;
  const [height, width] = transposed ? [g.height, g.width] : [g.outputHeight, g.outputWidth];
  return {
    groups: transposed ? g.inputGroups : g.outputGroups,
    phases,
    height: Math.ceil(height / phases),
    width: Math.ceil(width / phases),
  };
}

function bindings(pass: PixelPass): Binding[] {
  const { source, weight } = pass;
  return [read(source), ...epilogueBindings(pass, weight), read(weight)];
}

function overChannels(g: Geometry, { lanes, runs }: Kind<"channels">, pass: PixelPass): Launch {
  const { weight, transposed } = pass;
  const { groups, phases, height, width } = written(g, transposed);
  const [x, y] = spread(Math.ceil(g.batch * height * width / runs), lanes);
  const blocks = Math.ceil(groups / lanes) * phases * phases;
  const channelsFirst = weight.bytes <= cachedBytes;
  const flags = [transposed, channelsFirst].map(Number);
  return {
    shader: {
      file: "conv2d_channels.wgsl",
      code: [...epilogueCode, runsCode, channelsCode],
      entryPoint: "convolve",
      constants: { LANES: lanes, RUNS: runs, ...epilogueConstants(pass) },
      subgroups: true,
    },
    uniforms: [...sizes(g, pass), ...flags],
    bindings: bindings(pass),
    workgroups: channelsFirst ? [blocks, x, y] : [x, y, blocks],
  };
}

function inTiles(g: Geometry, { columns, rows, depth }: Kind<"tiles">, pass: PixelPass): Launch {
  const { transposed, moments } = pass;
  const { groups, phases, height, width } = written(g, transposed);
  const [x, y] = spread(g.batch * height * width, tilePixels({ rows }));
  return {
    shader: {
      file: "conv2d_tiles.wgsl",
      code: [
        ...epilogueCode,
        moments ? momentsCode : noMomentsCode,
        tileProductsCode,
        tileLoadsCode,
        tilesCode,
      ],
      entryPoint: transposed ? "backward_input" : "forward",
      constants: {
        COLUMNS: columns,
        ROWS: rows,
        DEPTH: depth,
        TRANSPOSED: transposed,
        ...epilogueConstants(pass),
      },
    },
    uniforms: sizes(g, pass),
    bindings: [...bindings(pass), ...moments ? [write(moments.partials)] : []],
    workgroups: [x, y, Math.ceil(groups / columns) * phases * phases],
  };
}

function overPixels(g: Geometry, variant: Kind<"lanes">, pass: PixelPass): Launch {
  const { run, runs, blocks, taps } = variant;
  if (variant.lanes === 0 && taps > 1) {
    throw new RangeError(
      `Cannot share pixels between ${taps} taps without subgroups: taps must be 1`,
    );
  }
  const { transposed } = pass;
  const { groups, phases, height, width } = written(g, transposed);
  const lanes = variant.lanes || portableLanes;
  const [x, y] = spread(Math.ceil(g.batch * height * Math.ceil(width / run) / runs), lanes);
  return {
    shader: {
      file: "conv2d.wgsl",
      code: [...epilogueCode, variant.lanes > 0 ? broadcastCode : uniformCode, lanesCode],
      entryPoint: transposed ? "backward_input" : "forward",
      constants: {
        LANES: lanes,
        RUN: run,
        RUNS: runs,
        TAPS: taps,
        STEP: transposed ? 1 : g.stride,
        BLOCKS: blocks,
        TRANSPOSED: transposed,
        PHASES: phases,
        ...epilogueConstants(pass),
      },
      subgroups: variant.lanes > 0,
    },
    uniforms: sizes(g, pass),
    bindings: bindings(pass),
    workgroups: [x, y, Math.ceil(groups / blocks) * phases * phases],
  };
}
