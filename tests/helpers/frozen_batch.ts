/**
 * A joint step on numbers that stand still: no renderer, no files, no teacher. What it gives depends on geometry, kernels,
 * student, losses and optimiser alone.
 *
 * @module
 */
import { resolveConfig } from "../../trainer/config/resolve.ts";
import type { TrainConfig } from "../../trainer/config/schema.ts";
import type { Gpu } from "../../trainer/gpu/device.ts";
import { Graph } from "../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../trainer/gpu/parameters.ts";
import type { Plan } from "../../trainer/gpu/plan.ts";
import { initialise } from "../../trainer/models/initialise.ts";
import { findStudent } from "../../trainer/models/student.ts";
import { stepAugmentation, stepRotations } from "../../trainer/training/joint_data.ts";
import { type JointStep, jointStep } from "../../trainer/training/joint_step.ts";
import type { Learner } from "../../trainer/training/run_loop.ts";

const TEACHER = 32; // side of the teacher's output

/** A learner whose every step is the same batch: one labelled and one unlabelled panorama of 64×128. */
export interface FrozenBatch extends Learner {
  /** The total loss of the present weights; the optimiser moves them by its step size. */
  loss(step: number): Promise<number>;
  close(): void;
}

/**
 * Record the step and write the batch.
 *
 * @param set keys of the configuration, as in `--set`
 * @param options `lr`: a step size that `--set` would refuse, such as 0; `every`: of so many pixels one is valid
 */
export async function frozenBatch(
  gpu: Gpu,
  set: readonly string[] = [],
  options: { lr?: number; every?: number } = {},
): Promise<FrozenBatch> {
  const resolved = resolveConfig({ preset: "smoke", set: ["seed=3", ...set] });
  const { lr = resolved.optim.lr, every = 1 } = options;
  const config = { ...resolved, optim: { ...resolved.optim, lr } };
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train", { precision: config.precision });
  const sizes = { viewHeight: config.height, output: TEACHER };
  const step = jointStep(graph, config, sizes, config.logging.every);
  const plan = await graph.build({ recompute: config.recompute });
  initialise(store, config.seed, findStudent(config.student.name).encoders);
  writeBatch(plan, step, config, every);
  const { optimisation } = step;
  return {
    store,
    plan,
    optimisation,
    feed() {},
    async loss(at) {
      optimisation.before(plan, at);
      plan.run();
      const [scalars] = await optimisation.after(plan, [at]);
      return scalars!.values["loss/total"]!;
    },
    close() {
      plan.destroy();
      store.destroy();
    },
  };
}

function writeBatch(
  plan: Plan,
  { labeled, unlabeled }: JointStep,
  config: TrainConfig,
  every: number,
): void {
  const { height, batch, seed } = config;
  const width = 2 * height;
  if (labeled) {
    plan.write(labeled.rgb, waves(labeled.rgb.bytes / 4, (v, i) => i % 4 < 3 ? 0.5 + v / 2 : 0));
    plan.write(labeled.distance, waves(labeled.distance.bytes / 4, (v) => 3 + 2 * v));
    plan.write(
      labeled.valid,
      waves(labeled.valid.bytes / 4, (v, i) => i % every === 0 && v > -0.9 ? 1 : 0),
    );
    plan.write(
      labeled.augmentation,
      stepAugmentation(config, "labeled", seed, batch.labeled, width),
    );
  }
  if (!unlabeled) return;
  const bytes = Uint8Array.from(
    waves(unlabeled.pixels.bytes, (v, i) => i % 4 < 3 ? 128 + 120 * v : 255),
  );
  plan.write(unlabeled.pixels, bytes);
  plan.write(
    unlabeled.augmentation,
    stepAugmentation(config, "unlabeled", seed, batch.unlabeled, width),
  );
  plan.write(unlabeled.disparity, waves(unlabeled.disparity.bytes / 4, (v) => 1 + v / 2));
  const { mask } = unlabeled;
  const counts = (v: number, i: number) => i % (4 * every) === 0 && v < 0.9 ? 1 : 0;
  if (mask) plan.write(mask, waves(mask.bytes / 4, counts));
  unlabeled.path.write(plan, stepRotations(config, 0));
}

/** `shape(v, i)` of two waves that do not repeat, v in [-1, 1]. */
function waves(count: number, shape: (v: number, i: number) => number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => shape((Math.sin(i * 0.013) + Math.sin(i * 0.0071 + 1)) / 2, i),
  );
}
