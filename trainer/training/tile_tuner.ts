/**
 * Chooses tiles of the convolution kernels for GPUs on the shapes that a training has: those that make up nearly all of
 * its arithmetic are timed, one shape for each bucket.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { flops, type Geometry } from "../kernels/conv2d_geometry.ts";
import { defaultTiles, tileCandidates, type TilePass } from "../kernels/conv2d_tile_choice.ts";
import { tileBucket } from "../kernels/conv2d_tile_table.ts";
import { studentAt } from "../models/student.ts";

/** Names of settings by bucket of shapes. */
export type TileTable = Readonly<Record<string, string>>;

/** Shapes of a training that share a choice. */
export interface TileBucket {
  readonly pass: TilePass;
  /** The one with the most arithmetic. */
  readonly shape: Geometry;
  /** Two per multiply-add, of all of them in a step. */
  readonly flops: number;
}

/** Seconds of the settings of a pass, in the order of their names. */
export type TimeTiles = (
  pass: TilePass,
  shape: Geometry,
  names: readonly string[],
) => Promise<readonly number[]>;

/** Of the arithmetic of the convolutions that is looked at. */
const covered = 0.95;

/** Of the default's time that another setting must stay below, so that noise does not choose. */
const gain = 0.95;

/** The convolutions of a step's student, by bucket, those with the most arithmetic first. Nothing is allocated. */
export function surveyTiles(
  gpu: Gpu,
  { student, height, batch }: Pick<TrainConfig, "student" | "height" | "batch">,
): Map<string, TileBucket> {
  const found = new Map<string, TileBucket>();
  const tiles = (pass: TilePass, shape: Geometry) => {
    const key = tileBucket(pass, shape);
    const known = found.get(key);
    const larger = known && flops(known.shape) >= flops(shape) ? known.shape : shape;
    found.set(key, { pass, shape: larger, flops: (known?.flops ?? 0) + flops(shape) });
    return defaultTiles(pass);
  };
  const graph = new Graph({ ...gpu, tiles }, new ParameterStore(gpu), "train");
  const count = (batch.labeled + batch.unlabeled) / batch.parts;
  const image = graph.input("image", [count, height, 2 * height, 3]);
  const tensor = studentAt(student.name, height, student.options).record(graph, image, student);
  graph.differentiateFrom([{ tensor, gradient: graph.input("upstream", tensor.shape) }]);
  return new Map([...found].sort(([, a], [, b]) => b.flops - a.flops));
}

/** The buckets that make up nearly all of the arithmetic. */
function largest(buckets: Map<string, TileBucket>): [string, TileBucket][] {
  const total = [...buckets.values()].reduce((sum, { flops }) => sum + flops, 0);
  let before = 0;
  return [...buckets].filter(([, { flops }]) => {
    const counts = before < covered * total;
    before += flops;
    return counts;
  });
}

/**
 * Choose for the buckets that count and that the table does not have.
 *
 * @param known choices of earlier trainings on this adapter; those that it cannot run, and those of kernels that there are
 * no longer, are made anew
 * @param time what measures
 * @returns the choices for the buckets that count, and which of them are new
 */
export async function tuneTiles(
  { limits }: Pick<Gpu, "limits">,
  buckets: Map<string, TileBucket>,
  known: TileTable,
  time: TimeTiles,
): Promise<{ table: TileTable; fresh: TileTable }> {
  const table: Record<string, string> = {};
  const fresh: Record<string, string> = {};
  for (const [key, { pass, shape }] of largest(buckets)) {
    const names = tileCandidates(pass, shape, limits);
    const earlier = known[key];
    if (earlier !== undefined && names.includes(earlier)) {
      table[key] = earlier;
      continue;
    }
    const seconds = names.length > 1 ? await time(pass, shape, names) : [0];
    table[key] = fresh[key] = names[fastest(seconds)]!;
  }
  return { table, fresh };
}

/** The index of the shortest time; 0, the default's, unless another is clearly shorter. */
function fastest(seconds: readonly number[]): number {
  const best = seconds.indexOf(Math.min(...seconds));
  return seconds[best]! < gain * seconds[0]! ? best : 0;
}
