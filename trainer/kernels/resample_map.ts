/**
 * A resampling's taps as tensors: fixed with the graph, written by the host before every run, or made by a kernel in it.
 *
 * @module
 */
import { type Taps, transposeTaps } from "@depth-anywhere/geometry";
import type { Graph, Tensor } from "../gpu/graph.ts";
import type { Plan } from "../gpu/plan.ts";
import { transposeMap } from "./transpose_map.ts";

/** Size of a map: pixels per image on both sides (all six faces together) and taps per output. */
export interface MapSize {
  /** Pixels of an image that is made. */
  readonly outputs: number;
  /** Pixels of an image that is read. */
  readonly inputs: number;
  /** Pixels read for each output. */
  readonly taps: number;
}

/** Taps as tensors. */
export interface TapTensors {
  /** Input pixel of each tap, `[maps * outputs * taps]`. */
  readonly index: Tensor;
  /** Weight of each tap, likewise. */
  readonly weight: Tensor;
}

/** The transposed map as tensors, each map at its own multiple of `entries`. */
export interface TransposedTensors {
  /** First entry of each input pixel, `[maps, inputs + 1]`. */
  readonly start: Tensor;
  /** Output pixel of each entry. */
  readonly index: Tensor;
  /** Weight of each entry. */
  readonly weight: Tensor;
  /** Room for a map's entries. */
  readonly entries: number;
}

/** Taps on the GPU. Made by {@linkcode constantMap}, {@linkcode inputMap} and `cubeTaps`. */
export class ResampleMap implements MapSize {
  /** Pixels of an image that is made. */
  readonly outputs: number;
  /** Pixels of an image that is read. */
  readonly inputs: number;
  /** Pixels read for each output. */
  readonly taps: number;
  /** 1: one map for every image of a batch; N: one for each. */
  readonly maps: number;
  /** Input pixel of each tap, `[maps, outputs, taps]`. */
  readonly index: Tensor;
  /** Weight of each tap, likewise. */
  readonly weight: Tensor;
  readonly #makeTransposed: () => TransposedTensors;
  #transposed?: TransposedTensors;

  /** Use one of the functions that make one. */
  constructor(
    size: MapSize,
    maps: number,
    tensors: TapTensors,
    makeTransposed: () => TransposedTensors,
  ) {
    this.outputs = size.outputs;
    this.inputs = size.inputs;
    this.taps = size.taps;
    this.maps = maps;
    this.index = tensors.index;
    this.weight = tensors.weight;
    this.#makeTransposed = makeTransposed;
  }

  /** The transpose; its tensors exist from the first call on, so a map without gradient has none. */
  transposed(): TransposedTensors {
    return this.#transposed ??= this.#makeTransposed();
  }
}

/** One map for every image, fixed with the graph. The transpose is computed where a gradient needs it. */
export function constantMap(graph: Graph, name: string, taps: Taps): ResampleMap {
  const tensors = {
    index: graph.constant(`${name} index`, taps.index),
    weight: graph.constant(`${name} weight`, taps.weight),
  };
  return new ResampleMap(taps, 1, tensors, () => {
    const back = transposeTaps(taps);
    const some = back.index.length > 0; // a buffer cannot be empty
    return {
      start: graph.constant(`${name} transposed start`, back.start),
      index: graph.constant(`${name} transposed index`, some ? back.index : new Uint32Array(1)),
      weight: graph.constant(`${name} transposed weight`, some ? back.weight : new Float32Array(1)),
      entries: back.index.length,
    };
  });
}

/** Maps that the host writes before every run, e.g. by a random rotation. The GPU transposes them. */
export class InputMap extends ResampleMap {
  /** Use {@linkcode inputMap}. */
  constructor(graph: Graph, size: MapSize, maps: number, tensors: TapTensors) {
    super(size, maps, tensors, () => transposeMap(graph, size, maps, tensors));
  }

  /**
   * Rewrite a map before a run.
   *
   * @param taps the same size as declared
   * @param which of the maps
   * @throws RangeError when the size differs or there is no such map
   */
  write(plan: Plan, taps: Taps, which = 0): void {
    const { outputs, inputs, taps: k, maps } = this;
    if (taps.outputs !== outputs || taps.inputs !== inputs || taps.taps !== k) {
      throw new RangeError(
        `Cannot write ${taps.outputs} x ${taps.taps} taps on ${taps.inputs} pixels: ` +
          `the map is declared as ${outputs} x ${k} on ${inputs}`,
      );
    }
    if (!(which >= 0 && which < maps)) {
      throw new RangeError(`Cannot write map ${which}: there are ${maps}`);
    }
    plan.write(this.index, taps.index, which * outputs * k);
    plan.write(this.weight, taps.weight, which * outputs * k);
  }
}

/**
 * Maps to be written before every run with {@linkcode InputMap.write}.
 *
 * @param maps 1 (default): one for all images; N: one for each image of the batch
 */
export function inputMap(graph: Graph, name: string, size: MapSize, maps = 1): InputMap {
  const words = (part: string): Tensor =>
    graph.input(`${name} ${part}`, [maps * size.outputs * size.taps]);
  return new InputMap(graph, size, maps, { index: words("index"), weight: words("weight") });
}
