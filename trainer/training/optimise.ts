/**
 * The end of every training graph: the norm of the gradients, the optimiser, and a ring of scalars to be read now and then.
 *
 * @module
 */
import type { Graph, Tensor } from "../gpu/graph.ts";
import type { Plan } from "../gpu/plan.ts";
import { adam } from "../kernels/adam.ts";
import { gradientNorm } from "../kernels/gradient_norm.ts";
import { recordScalars } from "../kernels/record_scalars.ts";
import { learningRate, type Schedule } from "./schedule.ts";

/** The optimiser of a run. */
export interface OptimConfig extends Schedule {
  readonly name: "adam" | "adamw";
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  /** Largest norm of the gradient; 0: any. */
  readonly clip: number;
}

/**
 * Scalars of one step by name: the losses given, `grad/norm`, `optim/lr`, and `optim/scale`, the scale of the loss after
 * the step, where there is one. A step that was skipped to lower the scale has no `grad/norm`.
 */
export type StepScalars = {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
};

/** What is written before a step and read after some. */
export interface Optimisation {
  /** Of `lossScale()`, with mixed precision. Belongs to the checkpoints. */
  readonly lossScale?: Tensor | undefined;
  /** Write what changes from step to step. `step` counts from 0. */
  before(plan: Plan, step: number): void;
  /** Read the scalars of `steps.length` recent steps, oldest first. Waits for the GPU. */
  after(plan: Plan, steps: readonly number[]): Promise<StepScalars[]>;
}

/** The rest of what {@linkcode optimise} is told. */
export interface OptimiseOptions {
  /** Length of the run, for the schedule. */
  readonly steps: number;
  /** How many steps the ring remembers. */
  readonly rows: number;
  /** What the loss was multiplied by before it was differentiated, from `lossScale()`. */
  readonly lossScale?: Tensor | undefined;
}

/**
 * Record the update, after `Graph.differentiate()`.
 *
 * @param loss `[1]`; where it is not finite the update is left out
 * @param scalars `[1]` each, recorded under these names
 */
export function optimise(
  graph: Graph,
  loss: Tensor,
  scalars: Readonly<Record<string, Tensor>>,
  optim: OptimConfig,
  { steps, rows, lossScale }: OptimiseOptions,
): Optimisation {
  const { norm, control } = gradientNorm(graph, loss, { maxNorm: optim.clip, scale: lossScale });
  const { name: kind, betas: [beta1, beta2], eps: epsilon, weightDecay } = optim;
  const { input, hyper } = adam(graph, control, { kind, beta1, beta2, epsilon, weightDecay });
  const recorded: Record<string, Tensor> = {
    ...scalars,
    "grad/norm": norm,
    ...(lossScale && { "optim/scale": lossScale }),
  };
  const names = Object.keys(recorded);
  const { ring, slot } = recordScalars(graph, rows, Object.values(recorded));
  return {
    lossScale,
    before(plan, step) {
      plan.write(input, hyper(learningRate(optim, step, steps), step + 1));
      plan.write(slot, Uint32Array.of(step));
    },
    async after(plan, recent) {
      const words = await plan.read(ring);
      return recent.map((step) => {
        const row = (step % rows) * names.length;
        const values = Object.fromEntries(names.map((name, k) => [name, words[row + k]!]));
        if (wasSkipped(values)) delete values["grad/norm"];
        return { step, values: { ...values, "optim/lr": learningRate(optim, step, steps) } };
      });
    },
  };
}

/** Whether the gradients overflowed and the scale went down: with a scale below 1 it is they that are wrong. */
function wasSkipped(values: Readonly<Record<string, number>>): boolean {
  const { "optim/scale": scale = 0, "grad/norm": norm } = values;
  return scale >= 1 && !Number.isFinite(norm);
}
