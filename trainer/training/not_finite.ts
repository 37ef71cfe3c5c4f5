/**
 * The end of a run whose numbers left the finite ones: what went wrong, and how the run goes on.
 *
 * @module
 */
import type { StepScalars } from "./optimise.ts";
import type { Learner } from "./run_loop.ts";

/** What to try: a task, and flags that it takes for a new run and for one that goes on. */
export interface Remedy {
  readonly task: "train" | "teacher";
  readonly flags: string;
}

/** Whether all scalars of a step are finite. */
export function isFiniteStep({ values }: StepScalars): boolean {
  return Object.values(values).every(Number.isFinite);
}

/**
 * Replay the step with a look at every tensor, and say which one went bad first. The weights are still those of the
 * step, however many were run after it: the optimiser stands still from there on.
 *
 * @param folder of the run, if it has a checkpoint
 * @throws Error, always: with the step, its scalars, the tensor and the command to go on with
 */
export async function endNotFinite(
  learner: Learner,
  { step, values }: StepScalars,
  { task, flags }: Remedy,
  folder: string | undefined,
): Promise<never> {
  await learner.feed(step);
  learner.optimisation.before(learner.plan, step);
  const bad = await learner.plan.trace();
  const where = bad
    ? `first in "${bad.tensor}" of ${bad.label}`
    : "not seen again in a replay of the step";
  const numbers = Object.entries(values).map(([name, value]) => `${name} ${value}`).join(", ");
  const again = folder === undefined
    ? `there is no checkpoint yet; start anew with ${flags}`
    : `the last checkpoint is from before; try deno task ${task} --resume ${folder} ${flags}`;
  const whole = "optim/scale" in values ? ", or start anew without --precision" : "";
  throw new Error(
    `Cannot go on after step ${step}: a number is not finite, ${where} (${numbers}); ${again}${whole}`,
  );
}
