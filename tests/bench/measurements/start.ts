/**
 * A run from the start of its process to the first training steps, as the command does it; then the figures of the first
 * weights, which a run takes meanwhile. `performance.now()` counts from the start of the process, so that loading the program is in it.
 */
import type { Differences } from "../../../trainer/config/recipes.ts";
import { resolveConfig } from "../../../trainer/config/resolve.ts";
import { openGpu } from "../../../trainer/gpu/device.ts";
import { JointEvaluation } from "../../../trainer/training/joint_evaluation.ts";
import { JointLearner } from "../../../trainer/training/joint_learner.ts";
import { openConfiguredTeacher } from "../../../trainer/training/configured_teacher.ts";
import { startJoint } from "../../../trainer/training/joint_start.ts";
import { answerOnce } from "../measure.ts";
import { type Span, Spans } from "../spans.ts";
import { type Spread, spread } from "../statistics.ts";

/** What is asked. */
export interface StartRequest {
  readonly config: Differences;
  /** Steps after the first. */
  readonly steps: number;
}

/** Seconds. */
export interface StartResult {
  /** What happens on the way, in the order in which it begins; some of it at the same time. */
  readonly spans: readonly Span[];
  /** How many pipelines were made. */
  readonly pipelines: number;
  /** Since the start of the process: the first step is done. */
  readonly firstDone: number;
  /** The first step alone. */
  readonly first: number;
  /** Later ones. */
  readonly ordinary: Spread;
}

if (import.meta.main) {
  await answerOnce(async ({ config: differences, steps }: StartRequest): Promise<StartResult> => {
    const spans = new Spans();
    spans.since(0, "program");
    const config = resolveConfig({ preset: "embedded", flags: differences });
    const gpu = await spans.of("device", () => openGpu());
    let pipelines = 0;
    const make = gpu.device.createComputePipelineAsync.bind(gpu.device);
    gpu.device.createComputePipelineAsync = (descriptor) => (pipelines++, make(descriptor));
    spans.watch(JointLearner, "open", "training plan");
    spans.watch(JointEvaluation, "open", "held-out rooms, plans for evaluation");
    spans.watch(JointEvaluation.prototype, "predict", "predictions of the first weights");
    spans.watch(
      JointEvaluation.prototype,
      "score",
      "labels for evaluation, figures of the first weights",
    );
    const teacher = await spans.of("teacher", () => openConfiguredTeacher(gpu, config));
    if (teacher) void spans.of("the teacher's network, in its thread", () => teacher.ready);
    const start = await startJoint(gpu, config, teacher, {});
    const { learner, learner: { plan, optimisation } } = start;
    const ends = [performance.now() / 1000];
    for (let step = 0; step <= steps; step++) {
      await spans.of(step === 0 ? "first step" : `step ${step + 1}`, async () => {
        await learner.feed(step);
        optimisation.before(plan, step);
        plan.run();
        await optimisation.after(plan, [step]); // waits
      });
      ends.push(performance.now() / 1000);
      plan.paced(ends.at(-1)! - ends.at(-2)!);
    }
    const [first, ...later] = ends.slice(1).map((end, i) => end - ends[i]!);
    await start.evaluation.measured(); // a run does it beside its first steps
    await start.close();
    await teacher?.close();
    return {
      spans: spans.all.filter(({ name }) => !name.startsWith("step ")),
      pipelines,
      firstDone: ends[1]!,
      first: first!,
      ordinary: spread(later),
    };
  });
}
