/**
 * From the start of a process to the first training step and on. `performance.now()` counts from the start of the
 * process, so that loading the program is in it.
 */
import type { Differences } from "../../../trainer/config/recipes.ts";
import { resolveConfig } from "../../../trainer/config/resolve.ts";
import { openGpu } from "../../../trainer/gpu/device.ts";
import { JointLearner } from "../../../trainer/training/joint_learner.ts";
import { openConfiguredTeacher } from "../../../trainer/training/joint_run.ts";
import { GpuMemory } from "../gpu_memory.ts";
import { answerOnce } from "../measure.ts";
import { type Spread, spread } from "../statistics.ts";

/** What is asked. */
export interface StartRequest {
  readonly config: Differences;
  /** Steps after the first. */
  readonly steps: number;
}

/** Seconds, and bytes. */
export interface StartResult {
  /** Since the start of the process: the device is open. */
  readonly opened: number;
  /** Since the start: teacher, data and plans are there. */
  readonly built: number;
  /** Since the start: the first step is done. */
  readonly firstDone: number;
  /** The first step alone. */
  readonly first: number;
  /** Later ones; with none asked for, the first. */
  readonly ordinary: Spread;
  readonly gpuMemory: number;
}

if (import.meta.main) {
  await answerOnce(async ({ config: differences, steps }: StartRequest): Promise<StartResult> => {
    const now = (): number => performance.now() / 1000;
    const config = resolveConfig({ preset: "embedded", flags: differences });
    const gpu = await openGpu();
    const memory = new GpuMemory(gpu.device);
    const opened = now();
    const teacher = await openConfiguredTeacher(gpu, config);
    const learner = await JointLearner.open(gpu, config, teacher);
    const built = now();
    const ends: number[] = [];
    for (let step = 0; step <= steps; step++) {
      await learner.feed(step);
      learner.optimisation.before(learner.plan, step);
      learner.plan.run();
      await learner.optimisation.after(learner.plan, [step]); // waits
      ends.push(now());
      learner.plan.paced(ends.at(-1)! - (ends.at(-2) ?? built));
    }
    const first = ends[0]! - built;
    const later = ends.slice(1).map((end, i) => end - ends[i]!);
    await learner.close();
    await teacher?.close();
    return {
      opened,
      built,
      firstDone: ends[0]!,
      first,
      ordinary: spread(later.length > 0 ? later : [first]),
      gpuMemory: memory.peak,
    };
  });
}
