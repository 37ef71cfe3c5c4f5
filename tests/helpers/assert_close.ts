/** How far two numbers may lie apart: `atol + rtol * |want|`. */
export interface Tolerance {
  readonly atol?: number;
  readonly rtol?: number;
  /** What is compared, for the message. */
  readonly name?: string;
}

/**
 * Throw with the worst element unless `|got - want| <= atol + rtol |want|` everywhere. NaN is close to NaN alone.
 *
 * @throws RangeError when the lengths differ
 */
export function assertClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { atol = 1e-6, rtol = 1e-5, name = "tensor" }: Tolerance = {},
): void {
  if (got.length !== want.length) {
    throw new RangeError(
      `Cannot compare ${name}: lengths are ${got.length} and ${want.length}`,
    );
  }
  let worst = -1;
  let most = 0;
  for (let i = 0; i < want.length; i++) {
    if (Object.is(got[i], want[i])) continue; // NaN and the infinities too
    const excess = Math.abs(got[i]! - want[i]!) - (atol + rtol * Math.abs(want[i]!));
    if (!(excess <= most)) [worst, most] = [i, Number.isNaN(excess) ? Infinity : excess];
  }
  if (worst < 0) return;
  throw new Error(
    `${name}[${worst}] is ${got[worst]}, expected ${want[worst]} ±(${atol} + ${rtol}·|x|)`,
  );
}
