/**
 * Which tiles the convolution kernels for GPUs can take: a default, and candidates to be timed on an adapter.
 *
 * @module
 */
import type { Geometry } from "./conv2d_geometry.ts";
import { fitsWinograd, winogradSize } from "./conv2d_winograd_tiles.ts";

/** What a kernel computes. */
export type TilePass = "forward" | "input gradient" | "weight gradient";

/** A workgroup: `columns * rows` threads of 4 x 4 numbers, which sum over `depth` groups of channels, or pixels, a step. */
export interface TileSize {
  /** Threads along output channels, 4 channels each. */
  readonly columns: 8 | 16;
  /** Threads along pixels, 4 each; of the weight gradient along its rows (tap, group of 4 input channels). */
  readonly rows: 8 | 16;
  /**
   * Groups of 4 source channels a step, 2 to 8: as many channels as `columns` or twice as many, and `rows` too. Of the weight
   * gradient pixels, 8 to 32: a multiple of both.
   */
  readonly depth: number;
}

/** Workgroups for the products of Winograd's points (conv2d_winograd.ts): what is said of pixels holds for its tiles. */
export interface WinogradTiles extends TileSize {
  /** Tells it from the other kernels. */
  readonly kind: "winograd tiles";
}

/** Workgroups of a kernel for GPUs. */
export type TileSetting =
  /** conv2d_tiles.wgsl and conv2d_weight_tiles.wgsl. */
  | ({ readonly kind: "tiles" } & TileSize)
  | WinogradTiles;

/** Pixels of a workgroup that gives an image. */
export function tilePixels({ rows }: Pick<TileSize, "rows">): number {
  return 4 * rows;
}

/** The tiles of a convolution. The geometry of a 1x1 convolution's images may be flattened. */
export type TileChoice = (pass: TilePass, g: Geometry) => TileSetting;

/** Limits that a workgroup must keep to. */
export type WorkgroupLimits = Pick<
  GPUSupportedLimits,
  "maxComputeInvocationsPerWorkgroup" | "maxComputeWorkgroupStorageSize"
>;

/** Limits that a setting must keep to; Winograd's points are larger than the images. */
export type TileLimits =
  & WorkgroupLimits
  & Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">;

/**
 * The first is the default, which every adapter that is opened can run.
 *
 * "winograd" is F(4x4, 3x3): a quarter of the products, and 2.25 numbers of points for one of an image that is spread or
 * gathered. There is no F(2x2, 3x3), as it saves less and moves more: 1 / 2.25 of the products, 4 numbers for one. Others
 * take it for its rounding errors; those of F(4x4) are, with conv2d_winograd_4x4.wgsl's points, 1 to 2 times those of a sum
 * one by one (root mean square, f32, 3 shapes of 32 to 256 channels), 1.4 to 3.2 times those of the direct tiles.
 */
const candidates = {
  pixels: [
    ...["8x8x4", "8x8x2", "8x16x4", "16x8x4", "16x16x4", "16x16x8"],
    ...["winograd 8x8x4", "winograd 16x16x4"],
  ],
  weights: [
    ...["8x8x16", "8x8x32", "8x16x16", "16x8x16", "16x16x16", "16x16x32"],
    ...["winograd 8x8x16", "winograd 16x16x16"],
  ],
} as const;

/** Groups of 4 channels on both sides from which on Winograd's is timed. */
const fewestGroups = 8;

/** Names of the settings of a pass, the default first: `COLUMNSxROWSxDEPTH`, or `winograd COLUMNSxROWSxDEPTH`. */
export function tileNames(pass: TilePass): readonly string[] {
  return pass === "weight gradient" ? candidates.weights : candidates.pixels;
}

/** A setting by its name. @throws RangeError for one that the pass does not have */
export function tileSetting(pass: TilePass, name: string): TileSetting {
  if (!tileNames(pass).includes(name)) {
    throw new RangeError(
      `Cannot use tiles "${name}" for the ${pass}: there are ${tileNames(pass).join(", ")}`,
    );
  }
  const kind = name.startsWith("winograd ") ? "winograd tiles" : "tiles";
  const size = name.split(" ").at(-1)!.split("x").map(Number);
  const [columns, rows, depth] = size as [8 | 16, 8 | 16, number];
  return { kind, columns, rows, depth };
}

/** What serves where nothing was timed. */
export function defaultTiles(pass: TilePass): TileSetting {
  return tileSetting(pass, tileNames(pass)[0]!);
}

/** Bytes of workgroup memory, rows padded by a vector as in the kernels. */
function workgroupBytes(pass: TilePass, { columns, rows, depth }: TileSize): number {
  const vectors = pass === "weight gradient"
    ? depth * (rows + 1 + columns + 1)
    : depth * (4 * rows + 1 + 4 * (columns + 1));
  return 16 * vectors;
}

/** Whether an adapter can run a setting's workgroups. */
export function fitsWorkgroup(
  pass: TilePass,
  setting: TileSetting,
  limits: WorkgroupLimits,
): boolean {
  return setting.columns * setting.rows <= limits.maxComputeInvocationsPerWorkgroup &&
    workgroupBytes(pass, setting) <= limits.maxComputeWorkgroupStorageSize;
}

/** Whether an adapter can compute a convolution with a setting. */
export function fitsTiles(
  pass: TilePass,
  g: Geometry,
  setting: TileSetting,
  limits: TileLimits,
): boolean {
  if (!fitsWorkgroup(pass, setting, limits)) return false;
  if (setting.kind === "tiles") return true;
  const { bytes } = winogradSize(g, pass === "input gradient");
  return fitsWinograd(g) &&
    bytes <= Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}

/** Names of the settings to time for a shape, the default first: those that fit it and the adapter and may be fast. */
export function tileCandidates(pass: TilePass, g: Geometry, limits: TileLimits): string[] {
  return tileNames(pass).filter((name, i) => {
    const setting = tileSetting(pass, name);
    return i === 0 || (fitsTiles(pass, g, setting, limits) && mayPay(pass, g, setting));
  });
}

/** Whether no half of a workgroup is empty and, of Winograd's, no half of its tiles and what is saved is worth the transforms. */
function mayPay(pass: TilePass, g: Geometry, { kind, columns, rows }: TileSetting): boolean {
  const targets = pass === "input gradient" ? g.inputGroups : g.outputGroups;
  const taps = kind === "tiles" ? g.kernelHeight * g.kernelWidth : 1;
  const lines = pass === "weight gradient" ? taps * g.inputGroups : Infinity;
  const full = (columns === 8 || targets > 8) && (rows === 8 || lines > 8);
  if (kind === "tiles") return full;
  // A tile of C to C channels has 108 C² products less, but its points are written and read: 576 C bytes. With 32 channels that
  // is 6 products a byte; in the time of one GPUs do 6 (A100) to 41 (RTX 4090) by their data sheets. Fewer gain nothing.
  const { filled } = winogradSize(g, pass === "input gradient");
  return full && filled > 0.5 && Math.min(g.inputGroups, g.outputGroups) >= fewestGroups;
}
