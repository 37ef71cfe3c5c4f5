/**
 * The way from panoramas to the faces of rotated cubes, by rotations that are drawn anew for every step.
 *
 * @module
 */
import { IDENTITY, type Matrix3, type Taps } from "@depth-anywhere/geometry";
import type { Graph } from "../gpu/graph.ts";
import type { Plan } from "../gpu/plan.ts";
import { cubeTaps, type CubeTapsOptions } from "../kernels/cube_taps.ts";
import { inputMap, type ResampleMap } from "../kernels/resample_map.ts";

/** A map and how it is turned. */
export interface RotatedMap {
  readonly map: ResampleMap;
  /** Before a run: as many rotations as there are maps. */
  write(plan: Plan, rotations: readonly Matrix3[]): void;
}

/** Sizes and kind of a map. */
export interface RotatedMapOptions extends CubeTapsOptions {
  /** 1: one rotation for every image of a batch; N: one for each. */
  readonly maps: number;
  /**
   * The taps of a rotation where they are not the exact bilinear ones, as in the released code. Then the host makes
   * them; otherwise the GPU does.
   */
  readonly tapsOf?: ((rotation: Matrix3) => Taps) | undefined;
}

/** See the module's text. */
export function rotatedMap(
  graph: Graph,
  name: string,
  { height, size, maps, tapsOf }: RotatedMapOptions,
): RotatedMap {
  if (tapsOf) {
    const map = inputMap(graph, name, tapsOf(IDENTITY), maps);
    return {
      map,
      write: (plan, rotations) =>
        rotations.forEach((rotation, which) => map.write(plan, tapsOf(rotation), which)),
    };
  }
  const matrices = graph.input(`${name} rotations`, [maps * 9]);
  return {
    map: cubeTaps(graph, matrices, { height, size }),
    write: (plan, rotations) => plan.write(matrices, Float32Array.from(rotations.flat())),
  };
}
