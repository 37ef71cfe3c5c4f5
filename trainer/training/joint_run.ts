/**
 * A joint run from its first step to its last: train, measure now and then, and say what came of it.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import type { SkippedFile } from "../data/panorama_source.ts";
import type { Progress } from "../runs/progress.ts";
import type { RunWriter } from "../runs/run_writer.ts";
import { FirstFigures } from "./first_figures.ts";
import { figureValues, type JointFigures } from "./joint_evaluation.ts";
import { drawJoint } from "./joint_media.ts";
import type { JointStart } from "./joint_start.ts";
import { type Learner, type LoopEnd, runLoop } from "./run_loop.ts";

/** What a run leaves behind. */
export interface JointEnd extends LoopEnd {
  /** Of the first weights and of the last; undefined where a run was stopped before the teacher had labelled all. */
  readonly figures?: { readonly before: JointFigures; readonly after: JointFigures } | undefined;
  /** Path of the last contact sheet. */
  readonly sheet?: string | undefined;
}

/** Train to the end, or until the signal. */
export async function trainJoint(
  start: JointStart,
  { writer, progress, signal }: { writer: RunWriter; progress: Progress; signal?: AbortSignal },
): Promise<JointEnd> {
  const { learner, from, measured } = start;
  const { steps, optim, logging, checkpoint, evaluation: { every } } = learner.config;
  const { loader, store, plan, optimisation, metadata } = learner;
  let after: JointFigures | undefined;
  let ended = false;
  const first = new FirstFigures(start.measureFirst, (figures) => {
    if (ended) return; // its folder is closed; a resume tells of them
    if (measured === 0 && !writer.told(0)) writer.scalars(0, figureValues(figures));
    progress.log(`step ${measured}: ${inWords(figures)}`);
  });
  let present = from;
  const watched: Learner = {
    store,
    plan,
    optimisation,
    metadata,
    feed(step) {
      if (step > from) first.begin();
      present = step;
      return learner.feed(step);
    },
  };
  if (loader) {
    const skipped = ({ path, reason }: SkippedFile): string => `Skipped "${path}": ${reason}`;
    for (const file of loader.report) writer.alert(from, "warn", skipped(file));
    loader.onSkip = (file) => {
      progress.log(`${skipped(file)}; ${loader.report.length} so far`);
      writer.alert(present, "warn", skipped(file));
    };
  }
  let sheet: string | undefined;
  const times = {
    from,
    steps,
    log: logging.every,
    checkpoint: checkpoint.every,
    keep: checkpoint.keep,
    evaluate: every || Infinity, // 0: at the ends only
    media: logging.media,
  };
  try {
    const end = await runLoop(watched, times, {
      async evaluate(done) {
        const stopped = signal?.aborted && done < steps;
        if (stopped && !first.figures) return undefined; // they may take longer than who stops a run waits
        const { evaluation } = await start.measureFirst();
        const { labelled, all } = evaluation.faces;
        if (labelled < all) {
          progress.log(`waiting for the teacher: ${labelled} of ${all} faces labelled`);
        }
        await first.wait();
        after = await evaluation.measure();
        progress.log(`step ${done}: ${inWords(after)}`);
        return figureValues(after);
      },
      async draw(done) {
        const { evaluation } = await start.measureFirst();
        sheet = await drawJoint({ ...start, evaluation }, writer, done) ?? sheet;
      },
    }, { writer, progress, signal, remedy: { task: "train", flags: calmer(optim) } });
    const { figures: before } = first;
    return { ...end, figures: before && after && { before, after }, sheet };
  } finally {
    ended = true;
  }
}

/** The figures that say most. */
function inWords({ rooms, pseudo }: JointFigures): string {
  const { affine, constant } = rooms.scores.all!;
  const errors = [affine, constant].map(({ absRel }) => absRel.toFixed(3));
  const loss = pseudo ? `, pseudo-label loss ${pseudo.train.loss.toFixed(3)}` : "";
  return `held-out AbsRel ${errors[0]} affine (constant ${errors[1]})${loss}`;
}

/** Flags against numbers that run away: a quarter of the step size, and a bound of the gradient where there is none. */
function calmer({ lr, clip }: TrainConfig["optim"]): string {
  return [`--set optim.lr=${lr / 4}`, ...clip > 0 ? [] : ["--set optim.clip=1"]].join(" ");
}
