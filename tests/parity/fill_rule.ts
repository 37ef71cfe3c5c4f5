/**
 * The deterministic fill of the reference numbers: weights and inputs as a pure function of a seed, a key and
 * an index. Its README states the rule and worked values, see `fill_rule_test.ts`.
 *
 * @module
 */

/** Numbers `u` in [-1, 1), exact in float32. */
export function fillUniform(seed: string, key: string, length: number): Float32Array {
  const start = fnv1a(`${seed}:${key}`);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = (mix(start, i) >>> 8) / 2 ** 23 - 1;
  return values;
}

/**
 * An entry of a PyTorch state dict, in its own layout; every operation is rounded to float32.
 *
 * @throws {TypeError} if the key is of no known kind
 */
export function fillParameter(seed: string, key: string, shape: readonly number[]): Float32Array {
  const u = fillUniform(seed, key, shape.reduce((a, b) => a * b, 1));
  const tenth = Math.fround(0.1);
  if (key.endsWith("running_var")) return u.map((v) => 1 + 0.5 * Math.abs(v));
  if (key.endsWith("running_mean") || key.endsWith("bias")) return u.map((v) => tenth * v);
  if (!key.endsWith("weight")) {
    throw new TypeError(`Cannot fill "${key}": it is no weight, bias or running statistic`);
  }
  if (shape.length < 2) return u.map((v) => 1 + Math.fround(tenth * v));
  const scale = Math.fround(Math.sqrt(3 / shape.slice(1).reduce((a, b) => a * b, 1)));
  return u.map((v) => v * scale);
}

/** FNV-1a of the UTF-8 bytes. */
export function fnv1a(text: string): number {
  let h = 2166136261;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 16777619);
  return h >>> 0;
}

/** Number `i` of a sequence, 32 bits (the finaliser of MurmurHash3). */
export function mix(start: number, i: number): number {
  let x = start + Math.imul(i, 0x9e3779b9);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
