/**
 * Gradient of `sum upstream * f(x)` by central differences, in double precision.
 *
 * @param f the twin: takes x, gives the op's output
 * @param step large for a linear f, small for a strongly curved one
 */
export function centralDifference(
  f: (x: Float64Array) => ArrayLike<number>,
  x: ArrayLike<number>,
  upstream: ArrayLike<number>,
  step = 1e-4,
): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) => slope(f, x, upstream, i, step));
}

/** One element of {@linkcode centralDifference}. */
export function slope(
  f: (x: Float64Array) => ArrayLike<number>,
  x: ArrayLike<number>,
  upstream: ArrayLike<number>,
  i: number,
  step = 1e-4,
): number {
  const moved = Float64Array.from(x);
  const project = (value: number): number => {
    moved[i] = value;
    const y = f(moved);
    let sum = 0;
    for (let k = 0; k < upstream.length; k++) sum += upstream[k]! * y[k]!;
    return sum;
  };
  return (project(x[i]! + step) - project(x[i]! - step)) / (2 * step);
}
