/**
 * The loop of a training run: feed, step, and now and then read the scalars, save, evaluate and draw. What is trained
 * is the learner's business.
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import type { RunWriter } from "../runs/run_writer.ts";
import type { Progress } from "../runs/progress.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { endNotFinite, isFiniteStep, type Remedy } from "./not_finite.ts";
import type { Optimisation, StepScalars } from "./optimise.ts";

/** A network with its training plan and its data. */
export interface Learner {
  readonly store: ParameterStore;
  readonly plan: Plan;
  readonly optimisation: Optimisation;
  /** What the network is, for its checkpoints. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Put the inputs of a step in place. A pure function of the step, whatever came before. */
  feed(step: number): Promise<void> | void;
}

/**
 * Put a learner where it was when it wrote a checkpoint.
 *
 * @returns steps done
 * @throws RangeError or TypeError when the checkpoint does not fit; it names the tensor
 */
export async function restore(
  { store, plan, optimisation: { lossScale } }: Pick<Learner, "store" | "plan" | "optimisation">,
  path: string,
): Promise<number> {
  const loaded = await loadCheckpoint(path, store);
  if (lossScale) {
    if (!loaded.lossScale) {
      throw new RangeError(
        `Cannot go on from "${path}" with mixed precision: it has no scale of the loss, as it is of a run with precision f32`,
      );
    }
    plan.write(lossScale, loaded.lossScale);
  }
  return loaded.step;
}

/** When things are done, in steps; 0: never, Infinity: at the end only. */
export interface LoopTimes {
  /** Steps done before: 0, or those of the checkpoint that is resumed. */
  readonly from: number;
  readonly steps: number;
  /** Between readings of the scalars; the ring has as many rows. */
  readonly log: number;
  readonly checkpoint: number;
  /** Checkpoints to keep. */
  readonly keep: number;
  readonly evaluate: number;
  readonly media: number;
}

/** What a run does besides stepping. */
export interface LoopHooks {
  /** Whether figures can be told without waiting for somebody else; they can when it is left out. */
  ready?(): boolean;
  /**
   * Held-out figures by name, after `done` steps; undefined where there are none.
   *
   * @param last whether it is worth waiting for them, as the run has no more steps
   */
  evaluate(done: number, last: boolean): Promise<Record<string, number> | undefined>;
  /** Draw what the network makes of something. */
  draw(done: number): Promise<void>;
}

/** How a loop ended. */
export interface LoopEnd {
  readonly done: number;
  readonly checkpoint: string;
  readonly stopped: boolean;
}

/** Where a loop tells of itself. */
export interface LoopOutput {
  readonly writer: RunWriter;
  readonly progress: Progress;
  /** Ends the loop after its step. */
  readonly signal?: AbortSignal;
  /** What to try when a number is not finite. */
  readonly remedy: Remedy;
}

/**
 * Train. On `signal` the step is finished and a checkpoint written, before anything is measured. Whatever ends the loop otherwise, the run folder tells of it.
 *
 * @throws Error when a loss or gradient is not finite, with step and first bad tensor; the checkpoints stay
 */
export async function runLoop(
  learner: Learner,
  times: LoopTimes,
  hooks: LoopHooks,
  output: LoopOutput,
): Promise<LoopEnd> {
  try {
    return await loop(learner, times, hooks, output);
  } catch (error) {
    output.writer.fail((error as Error).message);
    throw error;
  }
}

async function loop(
  learner: Learner,
  times: LoopTimes,
  hooks: LoopHooks,
  { writer, progress, signal, remedy }: LoopOutput,
): Promise<LoopEnd> {
  const { plan, optimisation, store } = learner;
  const due = (done: number, every: number): boolean => every > 0 && done % every === 0;
  let pending: number[] = [];
  let since = performance.now();
  let checkpoint = "";
  let fed = -1; // the step whose inputs are in place
  for (let step = times.from; step < times.steps; step++) {
    const done = step + 1;
    if (fed !== step) await learner.feed(step);
    optimisation.before(plan, step);
    plan.run();
    const last = done === times.steps || signal?.aborted === true;
    pending.push(step);

    const [save, evaluate, draw] = [times.checkpoint, times.evaluate, times.media]
      .map((every) => last || due(done, every)) as [boolean, boolean, boolean];
    const first = step === times.from; // whoever starts a run sees that it goes, and its compiling is not in later times
    if (!(save || evaluate || draw || first || due(done, times.log))) continue;
    if (!(save || evaluate || draw)) { // while the GPU is still busy: the reading waits for it, and then it would wait
      await learner.feed(step + 1);
      fed = step + 1;
    }
    const scalars = await optimisation.after(plan, pending);
    const seconds = (performance.now() - since) / 1000 / pending.length;
    plan.paced(seconds);
    const tell = ({ step, values }: StepScalars, figures?: Record<string, number>): void =>
      writer.scalars(step + 1, { ...values, "time/step": seconds, ...figures });
    for (const row of scalars) {
      if (!isFiniteStep(row)) {
        const saved = checkpoint !== "" || times.from > 0;
        await endNotFinite(learner, row, remedy, saved ? writer.folder : undefined);
      }
      if (row.step < step) tell(row);
    }
    progress.update(done, describe(scalars));
    const stopped = last && done < times.steps;
    const measure = async (): Promise<Record<string, number> | undefined> =>
      evaluate && times.evaluate > 0 ? await hooks.evaluate(done, last && !stopped) : undefined;
    // One line a step: that of an evaluated step waits for its figures, and the checkpoint for the line. But whoever stops a
    // run may end it before the figures are there, and those of the last step may be long in coming: then neither waits for
    // them, and they get a line of their own.
    const later = stopped || (last && hooks.ready?.() === false);
    tell(scalars.at(-1)!, later ? undefined : await measure());
    if (save) {
      checkpoint = await writer.checkpoint(
        done,
        async (path) => {
          const lossScale = optimisation.lossScale && await plan.read(optimisation.lossScale);
          await saveCheckpoint(path, store, done, { metadata: learner.metadata, lossScale });
        },
        times.keep,
      );
    }
    if (stopped) {
      writer.state(done, "stopped");
      progress.log(`Saved ${checkpoint}`);
    }
    const figures = later ? await measure() : undefined;
    if (figures) writer.scalars(done, figures);
    if (draw && times.media > 0) await hooks.draw(done);
    if (last) return { done, checkpoint, stopped };
    pending = [];
    since = performance.now();
  }
  return { done: times.from, checkpoint, stopped: false };
}

function describe(scalars: readonly StepScalars[]): string {
  const mean = scalars.reduce((sum, { values }) => sum + values["loss/total"]!, 0) / scalars.length;
  return `loss ${mean.toFixed(3)}`;
}
