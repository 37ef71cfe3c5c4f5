/**
 * Step size over a run.
 *
 * @module
 */

/** What decides the step size. */
export interface Schedule {
  readonly lr: number;
  readonly schedule: "constant" | "cosine";
  readonly warmup: number;
}

/**
 * Step size of a step.
 *
 * @param step counted from 0, absolute, also after a resume
 * @param steps length of the whole run
 */
export function learningRate(
  { lr, schedule, warmup }: Schedule,
  step: number,
  steps: number,
): number {
  const rise = warmup > 0 ? Math.min(1, (step + 1) / warmup) : 1;
  if (schedule === "constant") return lr * rise;
  const progress = Math.min(1, Math.max(0, (step - warmup) / Math.max(1, steps - warmup)));
  return lr * rise * 0.5 * (1 + Math.cos(Math.PI * progress));
}
