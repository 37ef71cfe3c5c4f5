/**
 * The device of a training with the tiles of its convolutions decided: by the record of a run that goes on, by a tuner for
 * a new one.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";
import { fittingTiles, tabulated } from "../kernels/conv2d_tile_table.ts";
import { readTiles, tileMachine, tilePath, writeTiles } from "./tile_cache.ts";
import { timeTiles } from "./tile_timing.ts";
import { surveyTiles, type TileTable, type TimeTiles, tuneTiles } from "./tile_tuner.ts";

/** A device, and what is to be recorded and said of it. */
export interface TiledGpu {
  readonly gpu: Gpu;
  /** For the record of the run; undefined where nothing was chosen. */
  readonly tiles?: TileTable;
  /** Lines for the user. */
  readonly said: readonly string[];
}

/** Whether convolutions run the kernels for GPUs. */
function takesTiles({ kind }: Gpu, { tune }: Pick<TrainConfig, "tune">): boolean {
  return kind === "gpu" || tune === "always";
}

/**
 * For a run that goes on: the tiles that it began with, whatever the tuner would choose today, as they decide the last bits
 * of its numbers.
 *
 * @param tiles of its record; none: all are the default ones
 */
export function recordedTiles(
  gpu: Gpu,
  config: Pick<TrainConfig, "tune">,
  tiles: TileTable = {},
): TiledGpu {
  if (!takesTiles(gpu, config)) return { gpu, said: [] };
  const fitting = fittingTiles(tiles, gpu.limits);
  const [all, lost] = [tiles, fitting].map((table) => Object.keys(table).length);
  const said = all === lost ? [] : [
    `tiles       of ${
      all! - lost!
    } of ${all} kinds of convolutions cannot be run here: the default ones stand in`,
  ];
  return { gpu: { ...gpu, tiles: tabulated(fitting, gpu.limits) }, tiles, said };
}

/**
 * For a new run: choices of earlier trainings on this adapter, and new ones for shapes that they lack.
 *
 * @param cache folder of what is kept between runs; a file of it that cannot be used is said and replaced
 * @param time what measures
 * @throws Error when it cannot be measured, with what to do
 */
export async function tunedTiles(
  gpu: Gpu,
  config: TrainConfig,
  cache: string,
  time: TimeTiles = (...of) => timeTiles(gpu, config.precision, ...of),
): Promise<TiledGpu> {
  if (!takesTiles(gpu, config)) return { gpu, said: [] };
  if (config.tune === "off") return recordedTiles(gpu, config);
  const machine = await tileMachine(gpu, config.precision);
  const path = await tilePath(cache, machine);
  const { tiles: known, ignored } = await readTiles(path, machine);
  const said = ignored === undefined ? [] : [ignored];
  const start = performance.now();
  const buckets = surveyTiles(gpu, config);
  const { table, fresh } = await tuneTiles(gpu, buckets, known, time).catch((error: Error) => {
    throw new Error(
      `Cannot choose tiles of convolutions: ${error.message}; --set tune=off trains with the default ones`,
      { cause: error },
    );
  });
  const chosen = Object.keys(table).length;
  const news = Object.keys(fresh).length;
  if (news > 0) {
    const seconds = Math.ceil((performance.now() - start) / 1000);
    said.push(`tiles       of ${news} of ${chosen} kinds of convolutions timed in ${seconds} s`);
    await writeTiles(path, machine, { ...known, ...fresh }).catch((error: Error) => {
      said.push(`The next training will time them again: ${error.message}`);
    });
  } else said.push(`tiles       of ${chosen} kinds of convolutions from ${path}`);
  return { gpu: { ...gpu, tiles: tabulated(table, gpu.limits) }, tiles: table, said };
}
