/**
 * What a joint run begins with: the teacher, the learner with its first weights or a checkpoint's, and the evaluation.
 *
 * @module
 */
import { openTeacher, type Teacher, type TeacherOptions } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import type { PanoramaLoader } from "../data/loader.ts";
import type { Gpu } from "../gpu/device.ts";
import { withMemoryAdvice } from "../gpu/memory_error.ts";
import { memoryAdvice } from "./batch_parts.ts";
import { checkCheckpoint } from "./checkpoint.ts";
import { FirstWeights } from "./first_weights.ts";
import { type EvaluationParts, JointEvaluation, type JointFigures } from "./joint_evaluation.ts";
import { JointLearner, openLoader } from "./joint_learner.ts";
import { restore } from "./run_loop.ts";

/** The evaluation, once it has predicted with the first weights. */
export interface FirstMeasure {
  readonly evaluation: JointEvaluation;
  /** Of the first weights, when the teacher has labelled all. */
  readonly figures: Promise<JointFigures>;
}

/** What a run begins with. */
export interface JointStart {
  readonly learner: JointLearner;
  /** What the teacher's faces are normalised by; undefined without one. */
  readonly preprocessing?: Teacher["preprocessing"] | undefined;
  /** Steps done before: 0, or those of the checkpoint. */
  readonly from: number;
  /** Steps that the weights of `measureFirst()` have done: 0, or `from` where the first weights are gone. */
  readonly measured: number;
  /**
   * Open the evaluation and measure the weights that the run began with, once the GPU has done what was submitted: it takes
   * longer than the first steps, which need not wait for it. The same promise each time.
   */
  measureFirst(): Promise<FirstMeasure>;
  /** Free everything but the teacher. */
  close(): Promise<void>;
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
 * Open everything that the first step needs.
 *
 * @param first what the run starts from, closed here; opened here when left out
 * @param checkpoint of a run that goes on
 * @param check looks at the unlabelled panoramas before the teacher labels any; what it throws ends the start
 * @throws SyntaxError when the checkpoint is damaged, RangeError or TypeError when it does not
 * fit the network
 */
export async function startJoint(
  gpu: Gpu,
  config: TrainConfig,
  teacher: Teacher | undefined,
  { first, checkpoint, check }: {
    first?: FirstWeights | undefined;
    checkpoint?: { path: string; step: number } | undefined;
    check?(panoramas: PanoramaLoader | undefined): Promise<void>;
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
  const advice = memoryAdvice(config);
  const learner = await withMemoryAdvice(
    advice,
    () => JointLearner.open(gpu, config, teacher, { first: weights, opened: loader }),
  );
  try {
    const { store, renderer } = learner;
    if (checkpoint) await checkCheckpoint(checkpoint.path, store);
    const from = checkpoint?.step ?? 0;
    const load = async (): Promise<void> => {
      if (checkpoint) await restore(learner, checkpoint.path);
    };
    if (lost) await load();
    const copy = store.copy();
    if (!lost) await load();
    const { preprocessing } = teacher ?? {};
    const measure = async (): Promise<FirstMeasure> => {
      await gpu.device.queue.onSubmittedWorkDone();
      const parts = { store, copy, renderer, teacher, loader };
      return await withMemoryAdvice(advice, () => measureFirst(gpu, config, parts));
    };
    let begun: Promise<FirstMeasure> | undefined;
    return {
      learner,
      preprocessing,
      from,
      measured: lost ? from : 0,
      measureFirst: () => begun ??= measure(),
      async close() {
        const opened = await begun?.catch(() => undefined);
        await learner.close();
        opened?.evaluation.destroy();
      },
    };
  } catch (error) {
    await learner.close();
    throw error;
  }
}

/** Let the weights of the copy predict what is measured. */
async function measureFirst(
  gpu: Gpu,
  config: TrainConfig,
  parts: EvaluationParts,
): Promise<FirstMeasure> {
  const evaluation = await JointEvaluation.open(gpu, config, parts);
  const figures = evaluation.score(await evaluation.predict());
  figures.catch(() => {}); // said by the run
  return { evaluation, figures };
}
