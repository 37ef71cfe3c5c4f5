/**
 * A whole joint run: open, measure, train, measure, and say what came of it.
 *
 * @module
 */
import { openTeacher, type Teacher, type TeacherOptions } from "@depth-anywhere/teacher";
import type { Progress } from "../runs/progress.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { PanoramaLoader } from "../data/loader.ts";
import type { SkippedFile } from "../data/panorama_source.ts";
import type { Gpu } from "../gpu/device.ts";
import { withMemoryAdvice } from "../gpu/memory_error.ts";
import type { RunWriter } from "../runs/run_writer.ts";
import { memoryAdvice } from "./batch_parts.ts";
import { checkCheckpoint } from "./checkpoint.ts";
import { FirstWeights } from "./first_weights.ts";
import { figureValues, JointEvaluation, type JointFigures } from "./joint_evaluation.ts";
import { JointLearner, openLoader } from "./joint_learner.ts";
import { drawJoint } from "./joint_media.ts";
import { type Learner, type LoopEnd, restore, runLoop } from "./run_loop.ts";

/** What a run begins with. */
export interface JointStart {
  readonly learner: JointLearner;
  readonly evaluation: JointEvaluation;
  /** What the teacher's faces are normalised by; undefined without one. */
  readonly preprocessing?: Teacher["preprocessing"] | undefined;
  /** Steps done before: 0, or those of the checkpoint. */
  readonly from: number;
  readonly before: JointFigures;
  /** Steps done when `before` was measured: 0, or `from` where the first weights are gone. */
  readonly beforeStep: number;
}

/** What a run leaves behind. */
export interface JointEnd extends LoopEnd {
  readonly after: JointFigures;
  /** Path of the last contact sheet. */
  readonly sheet?: string;
}

/**
 * The teacher of a configuration: on the trainer's device if that is a GPU, in wasm threads if it is software.
 *
 * @param onProgress told of every chunk, if the teacher is downloaded
 */
export async function openConfiguredTeacher(
  gpu: Gpu,
  { teacher, batch }: TrainConfig,
  onProgress?: TeacherOptions["onProgress"],
): Promise<Teacher | undefined> {
  if (batch.unlabeled === 0) return undefined;
  const options = {
    model: teacher.model,
    ...(teacher.size > 0 && { size: teacher.size }),
    threads: teacher.threads,
    ...(onProgress && { onProgress }),
  };
  return gpu.kind === "gpu" ? await openTeacher(options, gpu.device) : await openTeacher(options);
}

/**
 * Open everything and measure the first weights, or those of the checkpoint where the file of the first ones is gone.
 *
 * @param first what the run starts from, closed here; opened here when left out
 * @param checkpoint of a run that goes on
 * @param check looks at the unlabelled panoramas before the teacher labels any; what it throws ends the start
 * @param onLabeled told of the faces that the teacher has labelled for evaluation, and of all that it will
 * @throws before anything is measured: SyntaxError when the checkpoint is damaged, RangeError or TypeError when it does not
 * fit the network
 */
export async function startJoint(
  gpu: Gpu,
  config: TrainConfig,
  teacher: Teacher | undefined,
  { first, checkpoint, check, onLabeled }: {
    first?: FirstWeights | undefined;
    checkpoint?: { path: string; step: number } | undefined;
    check?(panoramas: PanoramaLoader | undefined): Promise<void>;
    onLabeled?: (done: number, total: number) => void;
  },
): Promise<JointStart> {
  const { student } = config;
  let lost = false;
  const weights = first ?? await FirstWeights.open(student).catch((error) => {
    if (!checkpoint) throw error;
    lost = true;
    return FirstWeights.open({ ...student, init: "random" });
  });
  const loader = await openLoader(config);
  await check?.(loader);
  // The teacher's threads label while the plans are built and their shaders compiled.
  const sets = teacher && loader && config.evaluation.panoramas > 0
    ? JointEvaluation.label(gpu, config, teacher, loader, onLabeled)
    : undefined;
  sets?.catch(() => {}); // said when they are needed
  const advice = memoryAdvice(config);
  const learner = await withMemoryAdvice(
    advice,
    () => JointLearner.open(gpu, config, teacher, { first: weights, opened: loader }),
  );
  try {
    const { store, renderer } = learner;
    if (checkpoint) await checkCheckpoint(checkpoint.path, store);
    const evaluation = await withMemoryAdvice(
      advice,
      () => JointEvaluation.open(gpu, store, config, renderer, sets),
    );
    const load = async (): Promise<void> => {
      if (checkpoint) await restore(learner, checkpoint.path);
    };
    const from = checkpoint?.step ?? 0;
    const prepared = learner.prepare(from); // its panoramas are decoded and labelled while the weights are measured
    prepared.catch(() => {}); // said below
    if (lost) await load();
    const before = await evaluation.measure();
    if (!lost) await load();
    await prepared;
    const beforeStep = lost ? from : 0;
    const { preprocessing } = teacher ?? {};
    return { learner, evaluation, preprocessing, from, before, beforeStep };
  } catch (error) {
    await learner.close();
    throw error;
  }
}

/** Train to the end, or until the signal. */
export async function trainJoint(
  start: JointStart,
  { writer, progress, signal }: { writer: RunWriter; progress: Progress; signal?: AbortSignal },
): Promise<JointEnd> {
  const { learner, evaluation, from, before } = start;
  const { steps, optim, logging, checkpoint, evaluation: { every } } = learner.config;
  const { loader, store, plan, optimisation, metadata } = learner;
  let present = from;
  const watched: Learner = {
    store,
    plan,
    optimisation,
    metadata,
    feed(step) {
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
  if (from === 0) writer.scalars(0, figureValues(before));
  let after = before;
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
  const end = await runLoop(watched, times, {
    async evaluate(done) {
      after = await evaluation.measure();
      const { affine, constant } = after.rooms.scores.all!;
      const pseudo = after.pseudo
        ? `, pseudo-label loss ${after.pseudo.train.loss.toFixed(3)}`
        : "";
      progress.log(
        `step ${done}: held-out AbsRel ${affine.absRel.toFixed(3)} affine (constant ${
          constant.absRel.toFixed(3)
        })${pseudo}`,
      );
      return figureValues(after);
    },
    async draw(done) {
      sheet = await drawJoint(start, writer, done) ?? sheet;
    },
  }, { writer, progress, signal, remedy: { task: "train", flags: calmer(optim) } });
  return { ...end, after, sheet };
}

/** Flags against numbers that run away: a quarter of the step size, and a bound of the gradient where there is none. */
function calmer({ lr, clip }: TrainConfig["optim"]): string {
  return [`--set optim.lr=${lr / 4}`, ...clip > 0 ? [] : ["--set optim.clip=1"]].join(" ");
}
