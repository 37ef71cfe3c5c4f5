/**
 * Which kernel computes which convolution, with which tiles.
 *
 * On software adapters the choice was measured on llvmpipe (2 cores of an AMD EPYC); on GPUs it is conv2d_tile_choice.ts's.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { Geometry } from "./conv2d_geometry.ts";
import { defaultTiles, type TileChoice } from "./conv2d_tile_choice.ts";
import {
  type Lockstep,
  lockstepLanes,
  type PixelVariant,
  type WeightVariant,
} from "./conv2d_variants.ts";
import { fitsWinograd, points, winogradSize } from "./conv2d_winograd_tiles.ts";

/** Groups of 4 output channels that a lane keeps at most, where lanes run over pixels although there are subgroups. */
const fewGroups = 4;

/** Of x and dy that the weight gradient's workgroups read again and again: about half of a core's cache. */
const bandBytes = 1 << 18;

/** Of x and dy from which on lanes over pixels read them from memory for each row of taps and tile of channels: they know no bands. */
const sharedBytes = 1 << 22;

/** Tiles that repay the transforms of the taps. */
const fewestTiles = 24;

/**
 * Pairs of channel groups for the square of the tiles, at most: each pair's taps are transformed for all tiles. With 32 tiles
 * 512 to 256 channels take 0.7 of the time that they take without transforms, 512 to 512 with 8 tiles more.
 */
const pairsForTiles = 8;

/** How the kernels for GPUs choose their tiles; undefined where the kernels for software adapters serve. */
function tileChoice({ kind, tiles }: Gpu): TileChoice | undefined {
  return tiles ?? (kind === "gpu" ? defaultTiles : undefined);
}

/** Kernel of the forward pass, or of the input gradient (`transposed`). */
export function choosePixelVariant(gpu: Gpu, g: Geometry, transposed: boolean): PixelVariant {
  const tiles = tileChoice(gpu);
  if (tiles) return tiles(transposed ? "input gradient" : "forward", g);
  const lanes = lockstepLanes(gpu);
  const groups = transposed ? g.inputGroups : g.outputGroups;
  const width = transposed ? Math.ceil(g.width / g.stride) : g.outputWidth;
  if (lanes > 0) {
    if (paysWinograd(gpu, g, transposed)) return { kind: "winograd", lanes, runs: 4 };
    if (!leavesLanesIdle(g, groups, width, transposed)) {
      // With 4, 8 and 16 lanes the fastest of 2, 4 and 8 runs, or as fast. Maps of few pixels do not fill 8 (24 maps of 2x2
      // have the input gradient a fifth slower than with 4), but a pipeline for them takes 0.2 s to compile.
      return { kind: "channels", lanes, runs: lanes > 8 ? 4 : 8 };
    }
    const two = groups <= 2 || groups === 6; // fewer sums leave room for more taps
    const taps = two ? 3 : 1;
    const blocks = Math.min(groups, two ? 2 : fewGroups);
    return { kind: "lanes", lanes, run: 8, runs: 1, taps, blocks };
  }
  const run = width >= 8 ? 8 : width >= 3 ? 4 : width;
  const most = 4; // a lane holds all weights of its groups
  return {
    kind: "lanes",
    lanes,
    run,
    runs: 8 / run,
    taps: 1,
    blocks: Math.ceil(groups / Math.ceil(groups / most)),
  };
}

/**
 * Few channels, or a few more than the lanes, leave lanes over channels idle. Lanes over pixels are kept to the shapes that
 * matter, as each kind is a pipeline: those that decoders and fusions end with, and the stems of narrow encoders.
 */
function leavesLanesIdle(
  g: Geometry,
  groups: number,
  width: number,
  transposed: boolean,
): boolean {
  if (width < 8) return false;
  if (g.stride === 2) return g.inputGroups === 1 && groups <= fewGroups && !transposed;
  if (g.kernelWidth === 3) return groups <= fewGroups || groups === 6 || groups === 12;
  return g.kernelWidth === 1 && (groups === 3 || groups === 4);
}

/** The transforms of tiles and taps have to be repaid by many channels, and by tiles that share the taps. */
function paysWinograd(gpu: Gpu, g: Geometry, transposed: boolean): boolean {
  if (!fitsWinograd(g) || Math.min(g.inputGroups, g.outputGroups) < 8) return false;
  const { tiles, filled, bytes } = winogradSize(g, transposed);
  const groups = g.inputGroups * g.outputGroups;
  return groups >= 64 && filled >= 0.7 && tiles >= fewestTiles &&
    tiles ** 2 * pairsForTiles >= groups &&
    bytes <= gpu.limits.maxStorageBufferBindingSize;
}

function chooseWinogradWeight(gpu: Gpu, g: Geometry, lanes: Lockstep): WeightVariant | undefined {
  if (!fitsWinograd(g) || Math.min(g.inputGroups, g.outputGroups) < 6) return undefined;
  const { tiles, filled, bytes } = winogradSize(g, false);
  const fits = bytes <= gpu.limits.maxStorageBufferBindingSize;
  if (tiles < fewestTiles || filled < 0.7 || !fits) return undefined;
  const vector = g.outputGroups > lanes / 2 ? 4 : 2;
  // One row would do for few channels, in the same time; but each dispatch of it then loses Mesa 22.3 some 0.3 MB.
  return { kind: "winograd", lanes, vector, rows: 2 };
}

/** Kernel of the weight gradient: a few kinds of tile for all shapes, as each is a pipeline to compile. */
export function chooseWeightVariant(gpu: Gpu, g: Geometry): WeightVariant {
  const rows = g.kernelHeight * g.kernelWidth * g.inputGroups;
  const lines = g.batch * g.outputHeight;
  const pixels = lines * g.outputWidth;
  const setting = tileChoice(gpu)?.("weight gradient", g);
  if (setting) {
    const columns = Math.ceil(g.outputGroups / setting.columns);
    const [workgroups, terms] = setting.kind === "tiles"
      ? [Math.ceil(rows / setting.rows) * columns, pixels]
      : [points * Math.ceil(g.inputGroups / setting.rows) * columns, winogradSize(g, false).tiles];
    // Of Winograd's products, up to 64 x 64 a workgroup, parts are never more than 32 MiB.
    return { ...setting, parts: parts(1024 / workgroups, terms / 256, 64) };
  }
  const lanes = lockstepLanes(gpu);
  const winograd = lanes > 0 ? chooseWinogradWeight(gpu, g, lanes) : undefined;
  if (winograd) return winograd;
  const bytes = pixels * (g.inputGroups * g.stride ** 2 + g.outputGroups) * 16;
  const few = g.outputGroups <= 2 || (g.outputGroups === 6 && g.inputGroups === 1) ||
    (g.outputGroups <= 4 && g.inputGroups <= 4 && bytes < sharedBytes);
  if (lanes === 0 || (few && g.kernelWidth > 1)) return chooseWeightPixels(g, pixels);
  const vector = g.outputGroups >= lanes ? 4 : 2;
  const wasted = Math.ceil(rows / (3 * lanes)) * 3 - Math.ceil(rows / lanes);
  // Where there are rows for it, 2 rather than 1: a lane loads less for what it sums.
  const tall = rows <= lanes ? 1 : wasted <= rows / (4 * lanes) ? 3 : 2;
  const tiles = Math.ceil(rows / (tall * lanes)) * Math.ceil(g.outputGroups * 4 / (vector * lanes));
  const split = parts(Math.max(16 / tiles, bytes / bandBytes), Math.min(lines, pixels / 512), 64);
  return { kind: "columns", lanes, vector, rows: tall, parts: split };
}

function chooseWeightPixels(g: Geometry, pixels: number): WeightVariant {
  const taps = g.kernelWidth;
  const thirds = g.outputGroups % 3 === 0 && g.outputGroups % 4 !== 0;
  const outputs = thirds ? 3 : Math.min(g.outputGroups, 2); // with 4 a lane is a seventh faster, and compiled twice as long
  const head = outputs === 1 && taps <= 3 && g.stride === 1 && g.inputGroups >= 4;
  const inputs = head ? 4 : outputs > 1 && taps <= 3 ? 2 : 1;
  const run = outputs === 1 && !head ? 8 : thirds ? 2 : 4;
  const tiles = g.kernelHeight * Math.ceil(g.inputGroups / inputs) *
    Math.ceil(g.outputGroups / outputs);
  return { kind: "pixels", run, taps, inputs, outputs, parts: parts(6 / tiles, pixels / 4096, 16) };
}

function parts(wanted: number, possible: number, most: number): number {
  return Math.max(1, Math.min(Math.ceil(wanted), Math.floor(possible), most));
}
