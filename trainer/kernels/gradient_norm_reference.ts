/** Norm of the gradients in plain loops: the twin of `gradient_norm.wgsl`, in double precision. */

/** Norm, clipping factor (maxNorm 0: 1) and whether the optimiser steps: never again after a `fault`. */
export function gradientNormReference(
  gradients: readonly ArrayLike<number>[],
  loss: number,
  maxNorm: number,
  fault = false,
): { norm: number; factor: number; step: boolean } {
  let sum = 0;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  }
  const norm = Math.sqrt(sum);
  const factor = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
  return { norm, factor, step: !fault && Number.isFinite(sum) && Number.isFinite(loss) };
}

/** Scale of a loss and the steps since it last changed, after a step whose scaled gradients were finite or not. */
export function lossScaleReference(
  { scale, steps }: { scale: number; steps: number },
  finite: boolean,
): { scale: number; steps: number } {
  if (!finite) return { scale: Math.max(scale / 2, 0.5), steps: 0 };
  return steps + 1 < 2000
    ? { scale, steps: steps + 1 }
    : { scale: Math.min(2 * scale, 2 ** 24), steps: 0 };
}
