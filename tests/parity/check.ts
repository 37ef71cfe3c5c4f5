/**
 * Comparing results with reference numbers.
 *
 * @module
 */

/** One compared quantity. It passes if `error <= tolerance`. */
export interface Check {
  readonly quantity: string;
  /** Largest error, in the unit of the tolerance; NaN and Infinity fail. */
  readonly error: number;
  readonly tolerance: number;
}

/** A case of a topic, to be run; a case that throws has failed, the others go on. */
export interface CaseRun {
  readonly id: string;
  readonly run: () => Promise<Outcome>;
}

/** What a case gave. */
export interface Outcome {
  readonly checks: readonly Check[];
  /** Our defined behaviour, where the released code is ill-defined and the reference is not followed. */
  readonly defined?: string;
}

/** How {@linkcode compare} measures. */
export interface CompareOptions {
  /** Only these elements count. */
  readonly where?: (i: number) => boolean;
  /** Divide each error by the size of the wanted number. */
  readonly relative?: boolean;
  /** Divide every error by this, e.g. the largest gradient. */
  readonly scale?: number;
  /** Numbers that differ by a multiple of this are equal, e.g. 2 for angles / π. */
  readonly modulo?: number;
}

/** Largest difference of two lists; a NaN is right only where one is wanted. */
export function compare(
  quantity: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  { where, relative = false, scale = 1, modulo }: CompareOptions = {},
): Check {
  if (got.length !== want.length) {
    throw new RangeError(`${quantity}: ${got.length} values, the reference has ${want.length}`);
  }
  let error = 0;
  for (let i = 0; i < want.length; i++) {
    if (where && !where(i)) continue;
    const [a, b] = [got[i]!, want[i]!];
    if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    let difference = Math.abs(a - b);
    if (modulo) difference = Math.abs(difference - modulo * Math.round(difference / modulo));
    if (relative) difference /= Math.abs(b);
    difference /= scale;
    if (!(difference <= error)) error = difference; // NaN wins
    if (Number.isNaN(error)) break;
  }
  return { quantity, error, tolerance };
}

/** A quantity that must be equal: the error is the number of elements that differ. */
export function exact(
  quantity: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  where: (i: number) => boolean = () => true,
): Check {
  if (got.length !== want.length) {
    throw new RangeError(`${quantity}: ${got.length} values, the reference has ${want.length}`);
  }
  let error = 0;
  for (let i = 0; i < want.length; i++) if (where(i) && got[i] !== want[i]) error++;
  return { quantity, error, tolerance: 0 };
}

/** Whether a check holds. */
export function passes({ error, tolerance }: Check): boolean {
  return error <= tolerance;
}

/** The check nearest to (or farthest beyond) its tolerance. */
export function worst(checks: readonly Check[]): Check {
  const share = ({ error, tolerance }: Check): number =>
    error === 0 ? 0 : Number.isNaN(error) ? Infinity : error / tolerance;
  return checks.reduce((a, b) => share(b) > share(a) ? b : a);
}

/** Largest magnitude of a list. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}
