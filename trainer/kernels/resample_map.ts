/**
 * A resampling's taps as tensors: fixed with the graph, or rewritten before every run.
 *
 * @module
 */
import { type Taps, type TransposedTaps, transposeTaps } from "@depth-anywhere/geometry";
import type { Graph, Tensor } from "../gpu/graph.ts";
import type { Plan } from "../gpu/plan.ts";

/** Size of a map: pixels per image on both sides (all six faces together) and taps per output. */
export interface MapSize {
  /** Pixels of an image that is made. */
  readonly outputs: number;
  /** Pixels of an image that is read. */
  readonly inputs: number;
  /** Pixels read for each output. */
  readonly taps: number;
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

/** Taps on the GPU. Made by {@linkcode constantMap} and {@linkcode inputMap}. */
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

  /** Use {@linkcode constantMap} or {@linkcode inputMap}. */
  constructor(
    size: MapSize,
    maps: number,
    tensors: { index: Tensor; weight: Tensor },
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

  /**
   * Rewrite a map of {@linkcode inputMap} before a run.
   *
   * @param taps the same size as declared
   * @param options `which` of the maps; the transpose if it is at hand (computed otherwise, where it is needed)
   * @throws RangeError when the size differs
   */
  write(
    plan: Plan,
    taps: Taps,
    { which = 0, transposed }: { which?: number; transposed?: TransposedTaps } = {},
  ): void {
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
    if (!this.#transposed) return;
    const back = transposed ?? transposeTaps(taps);
    const { start, index, weight, entries } = this.#transposed;
    plan.write(start, back.start, which * (inputs + 1));
    plan.write(index, back.index, which * entries);
    plan.write(weight, back.weight, which * entries);
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

/**
 * A map that is written before every run with {@linkcode ResampleMap.write}, e.g. the random rotation.
 *
 * @param maps 1 (default): one for all images; N: one for each image of the batch
 */
export function inputMap(graph: Graph, name: string, size: MapSize, maps = 1): ResampleMap {
  const entries = size.outputs * size.taps;
  const words = (part: string, count: number): Tensor =>
    graph.input(`${name} ${part}`, [maps * count]);
  const tensors = { index: words("index", entries), weight: words("weight", entries) };
  return new ResampleMap(size, maps, tensors, () => ({
    start: words("transposed start", size.inputs + 1),
    index: words("transposed index", entries),
    weight: words("transposed weight", entries),
    entries,
  }));
}
