/**
 * Random draws without state: every number is a pure hash of (key, purpose), where a key is itself the hash of
 * (seed, purpose, index) of its parents. The order in which draws are made cannot matter.
 */

import { hashText, mix } from "../../random.ts";

const purposes = new Map<string, number>();

/** The number of a purpose, remembered, since the same few come back in every scene. */
function numberOf(purpose: string): number {
  let known = purposes.get(purpose);
  if (known === undefined) purposes.set(purpose, known = hashText(purpose));
  return known;
}

/** A key (64 bits) from which named draws and named child keys are made. */
export class Draws {
  readonly #a: number;
  readonly #b: number;

  constructor(a: number, b = 0) {
    this.#a = a >>> 0;
    this.#b = b >>> 0;
  }

  /** The key of item `index` of `purpose`, e.g. the third chair. */
  of(purpose: string, index = 0): Draws {
    const h = numberOf(purpose);
    const a = mix(this.#a ^ h) + Math.imul(index + 1, 0x9e3779b9);
    return new Draws(mix(a), mix(this.#b + Math.imul(h, 0x2545f491) + mix(index ^ this.#a)));
  }

  /** 32 random bits. */
  bits(purpose: string): number {
    return mix(mix(this.#a + numberOf(purpose)) ^ this.#b);
  }

  /** Uniform in [low, high). */
  uniform(purpose: string, low = 0, high = 1): number {
    return low + (high - low) * (this.bits(purpose) / 4294967296);
  }

  /** Log-uniform in [low, high), both positive. */
  scale(purpose: string, low: number, high: number): number {
    return low * (high / low) ** this.uniform(purpose);
  }

  /** Whole number in [low, high], both included. */
  whole(purpose: string, low: number, high: number): number {
    return low + Math.floor(this.uniform(purpose) * (high - low + 1));
  }

  /** True with probability p. */
  chance(purpose: string, p: number): boolean {
    return this.uniform(purpose) < p;
  }

  /** One of the values. */
  pick<T>(purpose: string, values: readonly T[]): T {
    return values[Math.floor(this.uniform(purpose) * values.length)]!;
  }

  /** +1 or -1. */
  sign(purpose: string): number {
    return this.bits(purpose) & 1 ? 1 : -1;
  }
}
