/** What memory one training step takes, from the start of a process: its own peak, and the device's. */
import type { Differences } from "../../../trainer/config/recipes.ts";
import { resolveConfig } from "../../../trainer/config/resolve.ts";
import { openGpu } from "../../../trainer/gpu/device.ts";
import { JointLearner } from "../../../trainer/training/joint_learner.ts";
import { openConfiguredTeacher } from "../../../trainer/training/configured_teacher.ts";
import { GpuMemory } from "../gpu_memory.ts";
import { answerOnce } from "../measure.ts";

/** Bytes, and seconds. */
export interface MemoryResult {
  readonly gpuMemory: number;
  /** The step, shader compiler included. */
  readonly seconds: number;
}

if (import.meta.main) {
  await answerOnce(async (differences: Differences): Promise<MemoryResult> => {
    const config = resolveConfig({ preset: "embedded", flags: differences });
    const gpu = await openGpu();
    const memory = new GpuMemory(gpu.device);
    const teacher = await openConfiguredTeacher(gpu, config);
    const learner = await JointLearner.open(gpu, config, teacher);
    const start = performance.now();
    await learner.feed(0);
    learner.optimisation.before(learner.plan, 0);
    learner.plan.run();
    await learner.optimisation.after(learner.plan, [0]); // waits
    const seconds = (performance.now() - start) / 1000;
    await learner.close();
    await teacher?.close();
    return { gpuMemory: memory.peak, seconds };
  });
}
