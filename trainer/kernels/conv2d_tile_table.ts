/**
 * The tiles that were chosen on an adapter, by pass and bucket of shapes.
 *
 * @module
 */
import type { Geometry } from "./conv2d_geometry.ts";
import {
  defaultTiles,
  fitsTiles,
  fitsWorkgroup,
  type TileChoice,
  type TileLimits,
  tileNames,
  type TilePass,
  tileSetting,
  type WorkgroupLimits,
} from "./conv2d_tile_choice.ts";

const passes: readonly TilePass[] = ["forward", "input gradient", "weight gradient"];

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
 * The choice that a table makes. Shapes that it lacks have the default, and those that its setting does not fit: another
 * shape of the bucket may have been timed, whose points were smaller.
 *
 * @param table names of settings by {@linkcode tileBucket}
 */
export function tabulated(
  table: Readonly<Record<string, string>>,
  limits: TileLimits,
): TileChoice {
  return (pass, g) => {
    const name = table[tileBucket(pass, g)];
    const setting = name === undefined ? undefined : tileSetting(pass, name);
    return setting && fitsTiles(pass, g, setting, limits) ? setting : defaultTiles(pass);
  };
}
