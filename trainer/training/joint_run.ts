/**
 * A joint run from its first step to its last: train, measure now and then, and say what came of it.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import type { SkippedFile } from "../data/panorama_source.ts";
import type { Progress } from "../runs/progress.ts";
import type { RunWriter } from "../runs/run_writer.ts";
import type { BackgroundEvaluation } from "./background_evaluation.ts";
import { figureValues, type JointFigures } from "./joint_evaluation.ts";
import { drawJoint } from "./joint_media.ts";
import type { JointStart } from "./joint_start.ts";
import { type Learner, type LoopEnd, runLoop } from "./run_loop.ts";

/** What a run leaves behind. */
export interface JointEnd extends LoopEnd {
  /** Of the first weights and of the last; undefined where nobody waited until the teacher had labelled all. */
  readonly figures?: { readonly before: JointFigures; readonly after: JointFigures } | undefined;
  /** Path of the last contact sheet. */
  readonly sheet?: string | undefined;
}

/** Train to the end, or until the signal. */
export async function trainJoint(
  start: JointStart,
  { writer, progress, signal }: { writer: RunWriter; progress: Progress; signal?: AbortSignal },
): Promise<JointEnd> {
  const { learner, evaluation: background, from, measured } = start;
  const { steps, optim, logging, overfit, checkpoint, evaluation: { every } } = learner.config;
  const { loader, store, plan, optimisation, metadata } = learner;
  let after: JointFigures | undefined;
  background.onFigures = (figures) => {
    if (measured === 0 && writer.firstStep === 0) return; // a resume, and they were told
    if (measured === 0) writer.scalars(0, figureValues(figures));
    progress.log(`step ${measured}: ${inWords(figures)}`);
  };
  let present = from;
  const watched: Learner = {
    store,
    plan,
    optimisation,
    metadata,
    feed(step) {
      if (step > from) background.begin();
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
      ready: () => background.figures !== undefined,
      async evaluate(done, last) {
        if (last && !overfit) await waitFor(background, progress, signal);
        if (signal?.aborted && !background.ready) return undefined; // opening may take longer than who stops waits
        const evaluation = await background.opened();
        after = await evaluation.measure({ labelled: background.figures !== undefined });
        progress.log(`step ${done}: ${inWords(after)}`);
        return figureValues(after);
      },
      async draw(done) {
        if (signal?.aborted && !background.ready) return;
        const evaluation = await background.opened();
        sheet = await drawJoint({ ...start, evaluation }, writer, done) ?? sheet;
      },
    }, { writer, progress, signal, remedy: { task: "train", flags: calmer(optim) } });
    const { figures: before } = background;
    return { ...end, figures: before && after && { before, after }, sheet };
  } finally {
    background.onFigures = undefined; // the folder is closed; a resume tells of them
  }
}

/** Wait for the first figures, or for the signal; now and then it says how far the teacher is. */
async function waitFor(
  background: BackgroundEvaluation,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (background.figures || signal?.aborted) return;
  const { promise: stopped, resolve: stop } = Promise.withResolvers<undefined>();
  const aborted = (): void => stop(undefined);
  signal?.addEventListener("abort", aborted);
  let timer: ReturnType<typeof setInterval> | undefined;
  try {
    const evaluation = await Promise.race([background.opened(), stopped]);
    if (!evaluation || background.figures) return;
    const tell = (): void => {
      const { labelled, all } = evaluation.faces;
      progress.log(
        `waiting for the teacher: ${labelled} of ${all} faces labelled for the figures; the steps are saved, ` +
          "Ctrl-C gives the figures up",
      );
    };
    if (evaluation.faces.all > 0) {
      tell();
      timer = setInterval(tell, 10_000);
    }
    await Promise.race([background.measured(), stopped]);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", aborted);
    if (signal?.aborted) progress.log("The steps are done and saved; the figures are given up");
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
