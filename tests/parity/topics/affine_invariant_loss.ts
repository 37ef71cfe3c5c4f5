/**
 * Topic 5: the affine-invariant loss and its gradient, on the GPU.
 *
 * @module
 */
import type { Tensor } from "../../../trainer/gpu/graph.ts";
import { affineInvariantLoss } from "../../../trainer/kernels/affine_invariant_loss.ts";
import {
  affineInvariantLossReference,
  type AffineInvariantReference,
} from "../../../trainer/kernels/affine_invariant_loss_reference.ts";
import { weightedSum } from "../../../trainer/kernels/weighted_sum.ts";
import { type CaseRun, type Check, compare, largest, type Outcome } from "../check.ts";
import { newGraph, readTensor, writeTensor } from "../gpu_graph.ts";
import { type Case, number, type Reading, type TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";

const tolerances = TOLERANCES.affineInvariant;

interface LossCase extends Case {
  readonly loss: Readonly<Record<"loss" | "loss_equi" | "loss_cube", unknown>>;
  readonly weights?: { readonly gt_w: number; readonly pseudo_w: number };
}

/** One of the two losses: panoramas or faces. */
interface Part {
  readonly name: "equi" | "cube";
  readonly weight: number;
  readonly prediction: Reading;
  readonly truth: Reading;
  readonly mask: Reading;
  readonly gradient: Reading;
}

/** Loss of each part, their weighted sum, and its gradients. */
interface Losses {
  readonly total: number;
  readonly losses: readonly number[];
  readonly gradients: readonly ArrayLike<number>[];
}

/** Runs every case. */
export function* affineInvariant(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<LossCase>()) yield { id: c.id, run: () => runCase(topic, c) };
}

async function runCase(topic: TopicFolder, c: LossCase): Promise<Outcome> {
  const parts = await partsOf(topic, c);
  const got = await record(parts);
  const defined = illDefined(parts);
  return { checks: defined ? compareTwin(got, parts) : compareReleased(got, parts, c), defined };
}

async function partsOf(topic: TopicFolder, c: LossCase): Promise<Part[]> {
  const joint = "pred_cube" in c.files!;
  const { gt_w, pseudo_w } = c.weights ?? { gt_w: 0.5, pseudo_w: 0.5 };
  const read = async (name: Part["name"], suffix: string, weight: number): Promise<Part> => ({
    name,
    weight,
    prediction: await topic.file(c, `pred${suffix}`),
    truth: await topic.file(c, `gt${suffix}`),
    mask: await topic.file(c, `mask${suffix}`),
    gradient: await topic.file(c, `grad_pred${suffix}`),
  });
  if (!joint) return [await read("equi", "", 1)];
  return [await read("equi", "", gt_w), await read("cube", "_cube", pseudo_w)];
}

async function record(parts: readonly Part[]): Promise<Losses> {
  const graph = await newGraph("train");
  const recorded = parts.map(({ prediction: { shape: [n, , h, w] }, weight }) => {
    const shape = [n!, h!, w!, 1];
    const prediction = graph.output(graph.input("prediction", shape, { requiresGradient: true }));
    const truth = graph.input("truth", shape);
    const mask = graph.input("mask", shape);
    const { loss } = affineInvariantLoss(graph, prediction, truth, mask, { mean: "pixels" });
    return { prediction, truth, mask, loss: graph.output(loss), weight };
  });
  const total = graph.output(weightedSum(graph, recorded));
  graph.differentiate(total);
  const gradients = recorded.map(({ prediction }) => graph.output(graph.gradient(prediction)!));
  const plan = await graph.build();
  recorded.forEach(({ prediction, truth, mask }, i) => {
    writeTensor(plan, prediction, parts[i]!.prediction.data);
    writeTensor(plan, truth, parts[i]!.truth.data);
    writeTensor(plan, mask, parts[i]!.mask.data);
  });
  plan.run();
  const read = (tensor: Tensor): Promise<Float32Array> => readTensor(plan, tensor);
  const outcome = {
    total: (await read(total))[0]!,
    losses: await Promise.all(recorded.map(async ({ loss }) => (await read(loss))[0]!)),
    gradients: await Promise.all(gradients.map(read)),
  };
  plan.destroy();
  graph.store.destroy();
  return outcome;
}

/** Why the released code's result is not to be followed, if so. */
function illDefined(parts: readonly Part[]): string | undefined {
  for (const { prediction, truth, mask } of parts) {
    const finite = (x: Reading): boolean => x.data.every((v) => Number.isFinite(v));
    if (!finite(truth)) return "a target that is no number takes its pixel out of the mask";
    if (!finite(prediction)) {
      return "an infinite prediction does not matter outside the mask and gives a NaN loss inside";
    }
    if (!mask.data.includes(1)) return "a batch without valid pixels has loss 0";
    const largestPrediction = largest(prediction.data);
    if (largestPrediction > 0 && largestPrediction < 2 ** -100) {
      return "a spread below the smallest normal number is flat: hat 0 and no gradient";
    }
  }
}

/** Compares with the twin in plain loops, which has our definitions. */
function compareTwin(got: Losses, parts: readonly Part[]): Check[] {
  const twins: AffineInvariantReference[] = parts.map(({ prediction, truth, mask }) => {
    const pixels = prediction.shape[2]! * prediction.shape[3]!;
    return affineInvariantLossReference(prediction.data, truth.data, mask.data, pixels, "pixels");
  });
  const total = twins.reduce((sum, twin, i) => sum + parts[i]!.weight * twin.loss, 0);
  const checks = [compare("total", [got.total], [total], tolerances.loss)];
  twins.forEach((twin, i) => {
    const { name, weight } = parts[i]!;
    const gradient = twin.gradient.map((g) => weight * g);
    checks.push(compare(`${name} loss`, [got.losses[i]!], [twin.loss], tolerances.loss));
    checks.push(compareGradient(name, got.gradients[i]!, gradient));
  });
  return checks;
}

function compareReleased(got: Losses, parts: readonly Part[], c: LossCase): Check[] {
  const checks = [compare("total", [got.total], [number(c.loss.loss)], tolerances.loss)];
  parts.forEach(({ name, gradient }, i) => {
    const want = number(c.loss[`loss_${name}`]);
    checks.push(compare(`${name} loss`, [got.losses[i]!], [want], tolerances.loss));
    checks.push(compareGradient(name, got.gradients[i]!, gradient.data));
  });
  return checks;
}

function compareGradient(name: string, got: ArrayLike<number>, want: ArrayLike<number>): Check {
  const scale = largest(want) || 1;
  return compare(`${name} gradient`, got, want, tolerances.gradient, { scale });
}
