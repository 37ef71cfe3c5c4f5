/**
 * A resampling as a sparse linear map with the same number of taps for every output:
 * `y[p, c] = Σ_k weight[p, k] · x[index[p, k], c]`. One generic gather runs every resampling of the
 * project, on the CPU and on the GPU. Taps that are not needed have weight 0 and a valid index.
 */
export interface Taps {
  /** Number of output pixels (all faces together), row-major. */
  readonly outputs: number;
  /** Number of input pixels (all faces together), row-major. */
  readonly inputs: number;
  /** Taps per output pixel, K. */
  readonly taps: number;
  /** Input pixel of each tap, `[outputs, K]`. */
  readonly index: Uint32Array<ArrayBuffer>;
  /** Weight of each tap, `[outputs, K]`. */
  readonly weight: Float32Array<ArrayBuffer>;
}

/**
 * The adjoint of {@linkcode Taps} by input pixel (compressed rows):
 * `dx[q, c] = Σ_{e = start[q]}^{start[q+1]-1} weight[e] · dy[index[e], c]`. A gather, so that the GPU
 * needs no atomics and the order of the sum is fixed.
 */
export interface TransposedTaps {
  /** Number of pixels of the forward map's output (this map's input). */
  readonly outputs: number;
  /** Number of pixels of the forward map's input (this map's output). */
  readonly inputs: number;
  /** First entry of each input pixel, `[inputs + 1]`. */
  readonly start: Uint32Array<ArrayBuffer>;
  /** Output pixel of each entry, `[start[inputs]]`, ascending within an input pixel. */
  readonly index: Uint32Array<ArrayBuffer>;
  /** Weight of each entry, never 0. */
  readonly weight: Float32Array<ArrayBuffer>;
}

/**
 * Empty taps of a given size, to be filled by a builder.
 *
 * @param outputs number of output pixels
 * @param inputs number of input pixels
 * @param taps taps per output pixel
 * @returns taps whose indices and weights are all 0
 */
export function emptyTaps(outputs: number, inputs: number, taps: number): Taps {
  return {
    outputs,
    inputs,
    taps,
    index: new Uint32Array(outputs * taps),
    weight: new Float32Array(outputs * taps),
  };
}

/**
 * The adjoint of a resampling, by a counting sort over the input pixels. Taps of weight 0 are dropped.
 *
 * @param taps the forward map
 * @returns its transpose in compressed rows
 * @throws {RangeError} if an index lies outside the input
 *
 * @example Two outputs that read the same input
 * ```ts
 * import { transposeTaps } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * const taps = { outputs: 2, inputs: 3, taps: 1, index: new Uint32Array([2, 2]), weight: new Float32Array([1, 0.5]) };
 * deepEqual([...transposeTaps(taps).start], [0, 0, 0, 2]);
 * ```
 */
export function transposeTaps(taps: Taps): TransposedTaps {
  const { outputs, inputs, taps: k, index, weight } = taps;
  const start = new Uint32Array(inputs + 1);
  let entries = 0;
  for (let e = 0; e < index.length; e++) {
    if (weight[e] === 0) continue;
    const q = index[e]!;
    if (q >= inputs) {
      throw new RangeError(
        `Cannot transpose taps as an index lies outside the input: current index is ${q} of ${inputs} pixels`,
      );
    }
    start[q + 1]!++;
    entries++;
  }
  for (let q = 0; q < inputs; q++) start[q + 1]! += start[q]!;
  const next = start.slice(0, inputs);
  const rows = new Uint32Array(entries);
  const weights = new Float32Array(entries);
  for (let p = 0, e = 0; p < outputs; p++) {
    for (let i = 0; i < k; i++, e++) {
      const w = weight[e]!;
      if (w === 0) continue;
      const at = next[index[e]!]!++;
      rows[at] = p;
      weights[at] = w;
    }
  }
  return { outputs, inputs, start, index: rows, weight: weights };
}

/**
 * Two resamplings in one: `composeTaps(outer, inner)` maps `x` to `outer(inner(x))`, with
 * `outer.taps · inner.taps` taps per output.
 *
 * @param outer the map that is applied last
 * @param inner the map that is applied first
 * @returns the product of the two maps
 * @throws {RangeError} if the inner map's outputs are not the outer map's inputs
 */
export function composeTaps(outer: Taps, inner: Taps): Taps {
  if (outer.inputs !== inner.outputs) {
    throw new RangeError(
      `Cannot compose taps as the sizes differ: current outer map reads ${outer.inputs} pixels, the inner one makes ${inner.outputs}`,
    );
  }
  const k = inner.taps;
  const result = emptyTaps(outer.outputs, inner.inputs, outer.taps * k);
  for (let e = 0; e < outer.index.length; e++) {
    const from = outer.index[e]! * k;
    const w = outer.weight[e]!;
    for (let i = 0; i < k; i++) {
      result.index[e * k + i] = inner.index[from + i]!;
      result.weight[e * k + i] = w * inner.weight[from + i]!;
    }
  }
  return result;
}

/**
 * Runs a resampling on the CPU, with sums in float64.
 *
 * @param taps the map
 * @param x input, `[inputs, channels]`
 * @param channels values per pixel
 * @returns output, `[outputs, channels]`
 * @throws {RangeError} if `x` has another length
 *
 * @example Halve the width of a 1 x 4 image
 * ```ts
 * import { applyTaps, resizeTaps } from "@depth-anywhere/geometry";
 * import { deepEqual } from "node:assert/strict";
 * const taps = resizeTaps({ height: 1, width: 4, toHeight: 1, toWidth: 2 });
 * deepEqual([...applyTaps(taps, [0, 2, 4, 6])], [1, 5]);
 * ```
 */
export function applyTaps(
  taps: Taps,
  x: ArrayLike<number>,
  channels = 1,
): Float32Array<ArrayBuffer> {
  if (x.length !== taps.inputs * channels) {
    throw new RangeError(
      `Cannot apply taps as the input has another length: current length is ${x.length}, expected ${
        taps.inputs * channels
      }`,
    );
  }
  const y = new Float32Array(taps.outputs * channels);
  for (let p = 0; p < taps.outputs; p++) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let e = p * taps.taps; e < (p + 1) * taps.taps; e++) {
        const w = taps.weight[e]!; // a tap of weight 0 is no tap: it must not carry a NaN along
        if (w !== 0) sum += w * x[taps.index[e]! * channels + c]!;
      }
      y[p * channels + c] = sum;
    }
  }
  return y;
}
