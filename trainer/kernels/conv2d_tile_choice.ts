/**
 * Which tiles the convolution kernels for GPUs take: a default, candidates to be timed on an adapter, and choices by pass
 * and bucket of shapes.
 *
 * @module
 */
import type { Geometry } from "./conv2d_geometry.ts";

/** What a kernel computes. */
export type TilePass = "forward" | "input gradient" | "weight gradient";

const passes: readonly TilePass[] = ["forward", "input gradient", "weight gradient"];

/** A workgroup: `columns * rows` threads of 4 x 4 numbers, which sum over `depth` groups of channels, or pixels, a step. */
export interface TileSetting {
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

/** Pixels of a workgroup that gives an image. */
export function tilePixels({ rows }: Pick<TileSetting, "rows">): number {
  return 4 * rows;
}

/** The tiles of a convolution. The geometry of a 1x1 convolution's images may be flattened. */
export type TileChoice = (pass: TilePass, g: Geometry) => TileSetting;

/** Limits that a setting must keep to. */
export type WorkgroupLimits = Pick<
  GPUSupportedLimits,
  "maxComputeInvocationsPerWorkgroup" | "maxComputeWorkgroupStorageSize"
>;

/** The first is the default, which every adapter that is opened can run. */
const candidates = {
  pixels: ["8x8x4", "8x8x2", "8x16x4", "16x8x4", "16x16x4", "16x16x8"],
  weights: ["8x8x16", "8x8x32", "8x16x16", "16x8x16", "16x16x16", "16x16x32"],
} as const;

/** Names of the settings of a pass, the default first: `COLUMNSxROWSxDEPTH`. */
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
  const [columns, rows, depth] = name.split("x").map(Number) as [8 | 16, 8 | 16, number];
  return { columns, rows, depth };
}

/** What serves where nothing was timed. */
export function defaultTiles(pass: TilePass): TileSetting {
  return tileSetting(pass, tileNames(pass)[0]!);
}

/** Bytes of workgroup memory, rows padded by a vector as in the kernels. */
function workgroupBytes(pass: TilePass, { columns, rows, depth }: TileSetting): number {
  const vectors = pass === "weight gradient"
    ? depth * (rows + 1 + columns + 1)
    : depth * (4 * rows + 1 + 4 * (columns + 1));
  return 16 * vectors;
}

/** Whether an adapter can run a setting. */
export function fitsWorkgroup(
  pass: TilePass,
  setting: TileSetting,
  limits: WorkgroupLimits,
): boolean {
  return setting.columns * setting.rows <= limits.maxComputeInvocationsPerWorkgroup &&
    workgroupBytes(pass, setting) <= limits.maxComputeWorkgroupStorageSize;
}

/** Names of the settings to time for a shape, the default first: those that fit the adapter and leave no half of a tile empty. */
export function tileCandidates(pass: TilePass, g: Geometry, limits: WorkgroupLimits): string[] {
  const columns = pass === "input gradient" ? g.inputGroups : g.outputGroups;
  const taps = g.kernelHeight * g.kernelWidth;
  const rows = pass === "weight gradient" ? taps * g.inputGroups : Infinity;
  return tileNames(pass).filter((name, i) => {
    const setting = tileSetting(pass, name);
    const full = (setting.columns === 8 || columns > 8) && (setting.rows === 8 || rows > 8);
    return i === 0 || (full && fitsWorkgroup(pass, setting, limits));
  });
}

/** The smallest power of 2 from `count` on. */
function power(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

/** Shapes that share a choice: channels and output pixels up to a power of 2. Readable, as it stands in files. */
export function tileBucket(pass: TilePass, g: Geometry): string {
  const kernel = `${g.kernelHeight}x${g.kernelWidth} stride ${g.stride}`;
  const channels = `${4 * power(g.inputGroups)} to ${4 * power(g.outputGroups)} channels`;
  return `${pass} ${kernel}, ${channels}, ${
    power(g.batch * g.outputHeight * g.outputWidth)
  } pixels`;
}

/**
 * What of a table an adapter can run; the rest has settings that need a larger workgroup, or that there are no longer.
 *
 * @param table names of settings by {@linkcode tileBucket}
 */
export function fittingTiles(
  table: Readonly<Record<string, string>>,
  limits: WorkgroupLimits,
): Record<string, string> {
  const fits = ([bucket, name]: [string, string]) => {
    const pass = passes.find((pass) => bucket.startsWith(`${pass} `));
    return pass !== undefined && tileNames(pass).includes(name) &&
      fitsWorkgroup(pass, tileSetting(pass, name), limits);
  };
  return Object.fromEntries(Object.entries(table).filter(fits));
}

/**
 * The choice that a table makes; shapes that it lacks have the default.
 *
 * @param table names of settings by {@linkcode tileBucket}
 */
export function tabulated(table: Readonly<Record<string, string>>): TileChoice {
  return (pass, g) => {
    const name = table[tileBucket(pass, g)];
    return name === undefined ? defaultTiles(pass) : tileSetting(pass, name);
  };
}
