/**
 * What a joint run begins with: the learner with its first weights or a checkpoint's, and the evaluation.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import type { PanoramaLoader } from "../data/loader.ts";
import type { Gpu } from "../gpu/device.ts";
import { withMemoryAdvice } from "../gpu/memory_error.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { BackgroundEvaluation } from "./background_evaluation.ts";
import { memoryAdvice } from "./batch_parts.ts";
import { checkCheckpoint } from "./checkpoint.ts";
import { FirstWeights } from "./first_weights.ts";
import { JointEvaluation } from "./joint_evaluation.ts";
import { JointLearner, openLoader } from "./joint_learner.ts";
import { restore } from "./run_loop.ts";

/** What a run begins with. */
export interface JointStart {
  readonly learner: JointLearner;
  readonly evaluation: BackgroundEvaluation;
  /** What the teacher's faces are normalised by; undefined without one. */
  readonly preprocessing?: Teacher["preprocessing"] | undefined;
  /** Steps done before: 0, or those of the checkpoint. */
  readonly from: number;
  /** Steps that the weights of the evaluation's figures have done: 0, or `from` where the first weights are gone. */
  readonly measured: number;
  /** Free everything but the teacher. */
  close(): Promise<void>;
}

/**
 * Open everything that the first step needs.
 *
 * @param first what the run starts from, closed here; opened here when left out
 * @param checkpoint of a run that goes on
 * @param cache folder of everything that is kept between runs; without it no panorama is kept
 * @param check looks at the unlabelled panoramas before the teacher labels any; what it throws ends the start
 * @throws Error when the teacher's network cannot be loaded, which is known when the plan is built
 * @throws SyntaxError when the checkpoint is damaged, RangeError or TypeError when it does not
 * fit the network
 */
export async function startJoint(
  gpu: Gpu,
  config: TrainConfig,
  teacher: Teacher | undefined,
  { first, checkpoint, check, cache }: {
    first?: FirstWeights | undefined;
    checkpoint?: { path: string; step: number } | undefined;
    check?(panoramas: PanoramaLoader | undefined): Promise<void>;
    cache?: string;
  },
): Promise<JointStart> {
  const { student } = config;
  let lost = false;
  const weights = first ?? await FirstWeights.open(student).catch((error) => {
    if (!checkpoint) throw error;
    lost = true;
    return FirstWeights.open({ ...student, init: "random" });
  });
  await using opened = new AsyncDisposableStack();
  const loader = await openLoader(gpu, config, cache);
  if (loader) opened.use(loader);
  await check?.(loader);
  const advice = memoryAdvice(config);
  const from = checkpoint?.step ?? 0;
  const learner = await withMemoryAdvice(
    advice,
    () => JointLearner.open(gpu, config, teacher, { first: weights, opened: loader, from }),
  );
  opened.move(); // from here on the learner closes it
  let copy: ParameterStore | undefined;
  try {
    const { store: trained, renderer } = learner;
    await teacher?.ready; // before a run's folder is made
    if (checkpoint) await checkCheckpoint(checkpoint.path, trained);
    const load = async (): Promise<void> => {
      if (checkpoint) await restore(learner, checkpoint.path);
    };
    if (lost) await load();
    copy = await withMemoryAdvice(advice, () => trained.copy());
    if (!lost) await load();
    const parts = { trained, copy, renderer, teacher, loader };
    const evaluation = new BackgroundEvaluation(async (signal) => {
      await gpu.device.queue.onSubmittedWorkDone(); // the step that it is begun after is not to wait for it
      return await withMemoryAdvice(advice, () => JointEvaluation.open(gpu, config, parts, signal));
    });
    return {
      learner,
      evaluation,
      preprocessing: teacher?.preprocessing,
      from,
      measured: lost ? from : 0,
      async close() {
        await evaluation.close();
        copy!.destroy();
        await learner.close();
      },
    };
  } catch (error) {
    copy?.destroy();
    await learner.close();
    throw error;
  }
}
