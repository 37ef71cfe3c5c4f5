/**
 * Random numbers without a state: every draw is a pure function of (seed, purpose, step, item, …), so prefetching
 * and resuming cannot change it.
 *
 * @module
 */

/** FNV-1a of a text: the number of a purpose. */
export function hashText(text: string): number {
  let h = 2166136261;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 16777619);
  return h >>> 0;
}

/** Mixes 32 bits, one to one (murmur3's finaliser). */
export function mix(bits: number): number {
  let h = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 32 well-mixed bits from whole numbers (murmur3's finaliser over each). */
export function hash(...keys: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const key of keys) {
    h = Math.imul(h ^ (key >>> 0), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = (h ^ (h >>> 16)) + 0x9e3779b9;
  }
  return mix(h);
}

/** Uniform in [0, 1), 24 bits. */
export function uniform(...keys: readonly number[]): number {
  return (hash(...keys) >>> 8) / 2 ** 24;
}

/** Whole number in [0, n). */
export function below(n: number, ...keys: readonly number[]): number {
  return Math.floor(uniform(...keys) * n);
}
