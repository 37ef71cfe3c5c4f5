/**
 * Comparing a tensor with its summary: sum, Euclidean norm, first and last four elements in PyTorch's layout.
 *
 * @module
 */
import type { Check } from "./check.ts";

/** A row of a `*_grads.json`, `*_params.json`, `*_taps.json` or `*_bn.json`. */
export interface Summary {
  readonly n: number;
  readonly sum: number;
  readonly l2?: number;
  readonly sumsq?: number;
  readonly first4: readonly number[];
  readonly last4?: readonly number[];
  readonly max_abs?: number;
  readonly noise_dominated?: boolean;
  /** null instead of the rest: no gradient reaches this tensor. */
  readonly grad?: null;
  readonly delta_l2?: number;
  /** Norm and largest element of what the reference's own float32 is off its float64. */
  readonly noise_l2?: number;
  readonly noise_max_abs?: number;
  /** Largest element of what two of its float32 back ends differ in. */
  readonly noise_backends_max_abs?: number;
}

/** Rows by the tensor's name. */
export type Summaries = Readonly<Record<string, Summary>>;

/**
 * Error of a tensor relative to its norm, as far as a summary shows it: that of the norm itself, of the
 * elements shown (relative to the largest, which is stricter; to the norm if asked), and of the sum (whose error is at
 * most √n that of the norm).
 */
export function relativeError(
  got: Float32Array,
  row: Summary,
  elementsBy: "largest" | "norm" = "largest",
): number {
  const norm = row.l2!;
  if (norm === 0) return l2(got) === 0 ? 0 : Infinity;
  const scale = elementsBy === "norm" ? norm : row.max_abs ?? norm;
  const elements = Math.max(...elementErrors(got, row)) / scale;
  const sum = Math.abs(total(got) - row.sum) / (norm * Math.sqrt(row.n));
  return worstOf([Math.abs(l2(got) - norm) / norm, elements, sum]);
}

/**
 * Errors of a tensor in units of the reference's own noise, one for each figure of its summary: the elements shown, the
 * norm, and the sum. Undefined for a tensor that is nothing but noise, or without a gradient.
 */
export function noisesOff(got: Float32Array, row: Summary): number[] | undefined {
  if (row.noise_dominated || row.grad === null) return undefined;
  const { noise_l2: norm, noise_max_abs: largest, noise_backends_max_abs: other = 0 } = row;
  if (!norm || !largest) throw new TypeError("Cannot judge a gradient: its noise is not listed");
  return [
    ...elementErrors(got, row).map((error) => error / Math.max(largest, other)),
    Math.abs(l2(got) - row.l2!) / norm,
    Math.abs(total(got) - row.sum) / (norm * Math.sqrt(row.n)),
  ];
}

/** Largest error of an element, as far as a summary shows it: of those shown, of the mean, and of the norm. */
export function absoluteError(got: Float32Array, row: Summary): number {
  const norm = row.l2 ?? Math.sqrt(row.sumsq!);
  return worstOf([
    ...elementErrors(got, row),
    Math.abs(total(got) - row.sum) / row.n,
    Math.abs(l2(got) - norm) / Math.sqrt(row.n),
  ]);
}

/** Errors of the elements shown. */
export function elementErrors(got: Float32Array, row: Summary): number[] {
  if (got.length !== row.n) {
    throw new RangeError(`${got.length} values, the reference has ${row.n}`);
  }
  const last = row.last4 ?? [];
  return [
    ...row.first4.map((v, i) => Math.abs(got[i]! - v)),
    ...last.map((v, i) => Math.abs(got[got.length - last.length + i]! - v)),
  ];
}

/** The check of the tensor that is worst of many. */
export class WorstRow {
  #name = "";
  #error = 0;
  readonly #quantity: string;
  readonly #tolerance: number;

  constructor(quantity: string, tolerance: number) {
    this.#quantity = quantity;
    this.#tolerance = tolerance;
  }

  /** Takes note of the error of one tensor; NaN is the worst. */
  add(name: string, error: number): void {
    if (error <= this.#error) return;
    this.#name = name;
    this.#error = Number.isNaN(this.#error) ? NaN : error;
  }

  /** The worst of all. */
  check(): Check {
    const quantity = this.#name ? `${this.#quantity} (${this.#name})` : this.#quantity;
    return { quantity, error: this.#error, tolerance: this.#tolerance };
  }
}

/** Euclidean norm in float64. */
export function l2(values: Float32Array): number {
  let sum = 0;
  for (const v of values) sum += v * v;
  return Math.sqrt(sum);
}

function total(values: Float32Array): number {
  let sum = 0;
  for (const v of values) sum += v;
  return sum;
}

function worstOf(errors: readonly number[]): number {
  return errors.some(Number.isNaN) ? NaN : Math.max(...errors);
}
