/**
 * Numbers for tests that look random and are a pure function of a seed string and the index.
 *
 * @module
 */
import type { Shape } from "../../trainer/gpu/tensor.ts";

/** A logical shape and its numbers. */
export interface Filled {
  readonly shape: Shape;
  readonly data: Float32Array;
}

function hash(text: string): number {
  let h = 2166136261; // FNV-1a
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 16777619);
  return h >>> 0;
}

/** Number `i` of the sequence of a seed, in [0, 1). */
function uniform(start: number, i: number): number {
  let x = (start + Math.imul(i, 0x9e3779b9)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 8) / 2 ** 24;
}

/** Numbers in [low, high) for a shape. */
export function fill(seed: string, shape: Shape, low = -1, high = 1): Filled {
  const start = hash(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length }, (_, i) => low + (high - low) * uniform(start, i));
  return { shape, data };
}

/** The same numbers, none of them closer to a kink than `distance`: derivatives are tested where there is one. */
export function awayFrom(kink: number, distance: number, from: Filled): Filled {
  const data = from.data.map((v) =>
    Math.abs(v - kink) >= distance ? v : kink + (v < kink ? -distance : distance)
  );
  return { shape: from.shape, data };
}

/** Numbers that `f16` holds as they are, so that only what is computed from them is rounded. */
export function asHalf(data: Float32Array): Float32Array {
  return Float32Array.from(new Float16Array(data));
}

/** The same numbers but for some that are replaced, e.g. `{ 3: NaN }`. */
export function withValues(from: Filled, values: Record<number, number>): Filled {
  const data = from.data.slice();
  for (const [i, value] of Object.entries(values)) data[Number(i)] = value;
  return { shape: from.shape, data };
}
