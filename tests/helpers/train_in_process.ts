/**
 * A joint training inside the test: the learner and the loop of the command without its evaluation, on a GPU that tests share
 * so that pipelines are compiled once.
 *
 * @module
 */
import { Progress } from "../../trainer/runs/progress.ts";
import type { TrainConfig } from "../../trainer/config/schema.ts";
import type { Gpu } from "../../trainer/gpu/device.ts";
import { latestCheckpoint } from "../../trainer/runs/run_reader.ts";
import { RunWriter } from "../../trainer/runs/run_writer.ts";
import { JointLearner } from "../../trainer/training/joint_learner.ts";
import { openConfiguredTeacher } from "../../trainer/training/configured_teacher.ts";
import { type Learner, type LoopEnd, restore, runLoop } from "../../trainer/training/run_loop.ts";
import { readLosses } from "./tiny_training.ts";

/** How a training went. */
export interface Trained {
  readonly losses: readonly number[];
  readonly end: LoopEnd;
  /** Buffers of the training plan. */
  readonly bytes: number;
}

/** Train in a folder; from its last checkpoint if `resume` is set. */
export async function trainInProcess(
  gpu: Gpu,
  config: TrainConfig,
  folder: string,
  options: { resume?: boolean } = {},
): Promise<Trained> {
  const teacher = await openConfiguredTeacher(gpu, config);
  const learner = await JointLearner.open(gpu, config, teacher);
  try {
    const end = await loop(learner, config, folder, options);
    return { losses: await readLosses(folder), end, bytes: learner.plan.bytes };
  } finally {
    await learner.close();
    await teacher?.close();
  }
}

/** The loop alone, for any learner. */
export async function loop(
  learner: Learner,
  { steps, logging, checkpoint }: Pick<TrainConfig, "steps" | "logging" | "checkpoint">,
  folder: string,
  { resume = false }: { resume?: boolean } = {},
): Promise<LoopEnd> {
  let from = 0;
  if (resume) {
    const { path } = await latestCheckpoint(folder);
    from = await restore(learner, path);
  }
  using writer = resume
    ? RunWriter.resume(folder, from)
    : await RunWriter.create(folder, {} as Parameters<typeof RunWriter.create>[1]);
  using progress = new Progress(steps, { from, terminal: false, write: () => {} });
  const { every: log } = logging;
  const times = { from, steps, log, checkpoint: checkpoint.every, keep: checkpoint.keep };
  const never = { evaluate: () => Promise.resolve({}), draw: () => Promise.resolve() };
  const remedy = { task: "train", flags: "" } as const;
  const output = { writer, progress, remedy };
  return await runLoop(learner, { ...times, evaluate: 0, media: 0 }, never, output);
}
