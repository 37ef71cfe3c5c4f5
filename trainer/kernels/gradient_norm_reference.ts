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
