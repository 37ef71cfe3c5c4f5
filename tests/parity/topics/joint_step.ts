/**
 * Topic 12: the training step of the released recipe with a formula for the teacher, and the optimiser alone.
 *
 * @module
 */
import {
  applyTaps,
  equirectRotationTaps,
  equirectToCubeTaps,
  type Matrix3,
  resizeTaps,
} from "@depth-anywhere/geometry";
import { resolveConfig } from "../../../trainer/config/resolve.ts";
import type { TrainConfig } from "../../../trainer/config/schema.ts";
import type { Graph, Tensor } from "../../../trainer/gpu/graph.ts";
import { adam } from "../../../trainer/kernels/adam.ts";
import { affineInvariantLoss } from "../../../trainer/kernels/affine_invariant_loss.ts";
import { pseudoLabel } from "../../../trainer/kernels/disparity_label.ts";
import { gradientNorm } from "../../../trainer/kernels/gradient_norm.ts";
import { resample } from "../../../trainer/kernels/resample.ts";
import { constantMap } from "../../../trainer/kernels/resample_map.ts";
import { type Half, unlabeledHalf } from "../../../trainer/training/halves.ts";
import { jointLosses } from "../../../trainer/training/joint_step.ts";
import { type CaseRun, type Check, compare, type Outcome } from "../check.ts";
import { newGraph, readTensor, toNchw, toNhwc, writeTensor } from "../gpu_graph.ts";
import type { Case, TopicFolder } from "../reference.ts";
import { normalise, smoothRgb } from "../smooth_panorama.ts";
import { absoluteError, type Summary } from "../summary.ts";
import { TOLERANCES } from "../tolerances.ts";
import { compareGradients, fillStore } from "../networks.ts";
import { adamArithmetic } from "./adam.ts";
import { rotationFromDegrees } from "./rotation.ts";
import { compareParameters, compareStatistics } from "./network_training.ts";

const tolerances = TOLERANCES.jointStep;

interface StepCase extends Case {
  readonly net: string;
  readonly H: number;
  readonly W: number;
  readonly weights_seed: string;
  readonly labelled_variants: readonly number[];
  readonly unlabelled_variants: readonly number[];
  readonly rot_vec_degrees: readonly number[];
  readonly losses: Readonly<Record<"total_loss" | "total_loss_equi" | "total_loss_cube", number>>;
  readonly teacher: string;
  readonly teacher_input_summary?: Summary;
  readonly with_sky_mask?: {
    readonly released_code_losses: Readonly<Record<string, number>>;
    readonly intended_losses: Readonly<Record<string, number>>;
  };
}

/** The released learning rate of UniFuse. */
const LEARNING_RATE = 1e-4;

/** Runs every case, then the optimiser on given gradients. */
export function* jointStep(topic: TopicFolder): Generator<CaseRun> {
  for (const c of topic.cases<StepCase>()) yield { id: c.id, run: () => runCase(topic, c) };
  yield* adamArithmetic(topic);
}

async function runCase(topic: TopicFolder, c: StepCase): Promise<Outcome> {
  const rotation = rotationFromDegrees(c.rot_vec_degrees);
  const teacher = await teacherFaces(topic, c, rotation);
  const checks = await trainingStep(topic, c, rotation, teacher.disparity);
  return { checks: [...teacher.checks, ...checks] };
}

/** Normalised panoramas, `[N, H, W, 3]`. */
function panoramas({ H, W }: StepCase, variants: readonly number[]): Float32Array {
  const images = variants.map((v) => toNhwc(normalise(smoothRgb(H, W, v), H * W), [1, 3, H, W]));
  const all = new Float32Array(images.length * 3 * H * W);
  images.forEach((image, i) => all.set(image, i * image.length));
  return all;
}

/** The faces that the teacher sees, and what the formula answers: `[6N, F, F, 1]`. */
async function teacherFaces(
  topic: TopicFolder,
  c: StepCase,
  rotation: Matrix3,
): Promise<{ disparity: Float32Array; checks: Check[] }> {
  const { H: height, W: width } = c;
  const size = height / 2;
  const sizes = { height, width, size, rotation, recipe: "released" } as const;
  const graph = await newGraph("evaluate");
  const image = graph.input("image", [c.unlabelled_variants.length, height, width, 3]);
  const turn = constantMap(graph, "rotation", equirectRotationTaps(sizes));
  const cut = constantMap(graph, "cut", equirectToCubeTaps({ ...sizes, rotation: undefined }));
  const turned = resample(graph, image, turn, { height, width });
  const to = { height: size, width: size, to: "image-major" } as const;
  const faces = graph.output(resample(graph, turned, cut, to));
  const plan = await graph.build();
  writeTensor(plan, image, panoramas(c, c.unlabelled_variants));
  plan.run();
  const got = await readTensor(plan, faces);
  plan.destroy();
  graph.store.destroy();
  const want = (await topic.file(c, "faces_given_to_teacher_before_resize")).data;
  const checks = [compare("faces", toNchw(got, faces.shape), want, tolerances.faces)];
  const { input, disparity } = formulaTeacher(got, size, c.teacher);
  if (c.teacher_input_summary) {
    const error = absoluteError(input, c.teacher_input_summary);
    checks.push({ quantity: "teacher input", error, tolerance: tolerances.faces });
  }
  return { disparity, checks };
}

/** The reference's teacher: faces enlarged bilinearly, ReLU(1.5 + half the mean of the channels), picked back to their size. */
function formulaTeacher(
  faces: Float32Array,
  size: number,
  description: string,
): { input: Float32Array; disparity: Float32Array } {
  const large = Number(/(\d+)x\1/.exec(description)?.[1]);
  if (!large) throw new SyntaxError(`The teacher is described without a size: ${description}`);
  const enlarge = resizeTaps({ height: size, width: size, toHeight: large, toWidth: large });
  const pick = resizeTaps({
    height: large,
    width: large,
    toHeight: size,
    toWidth: size,
    sampling: "nearest",
  });
  const count = faces.length / 3 / size / size;
  const input = new Float32Array(count * 3 * large * large);
  const disparity = new Float32Array(count * size * size);
  for (let face = 0; face < count; face++) {
    const enlarged = applyTaps(
      enlarge,
      faces.subarray(face * 3 * size * size, (face + 1) * 3 * size * size),
      3,
    );
    input.set(toNchw(enlarged, [1, large, large, 3]), face * enlarged.length);
    const answer = Float32Array.from({ length: large * large }, (_, p) => {
      const sum = enlarged[3 * p]! + enlarged[3 * p + 1]! + enlarged[3 * p + 2]!;
      return Math.max(0, 1.5 + 0.5 * sum / 3);
    });
    disparity.set(applyTaps(pick, answer), face * size * size);
  }
  return { input, disparity };
}

/** The half of the batch that the reference labels: its disparity and mask are given. */
function givenHalf(graph: Graph, { labelled_variants: { length: count }, H, W }: StepCase): Half {
  const map = (name: string, channels = 1) => graph.input(name, [count, H, W, channels]);
  return {
    name: "labeled",
    image: map("labelled panoramas", 3),
    label: map("truth"),
    mask: map("valid"),
    whole: undefined,
    compared: (prediction) => prediction,
  };
}

/** The released recipe at the case's sizes. */
function releasedConfig(c: StepCase): TrainConfig {
  const [labeled, unlabeled] = [c.labelled_variants.length, c.unlabelled_variants.length];
  const student = c.net === "bifuse" ? "bifusepp" : c.net;
  return resolveConfig({
    preset: "paper",
    set: [
      "recipe=released",
      `student.name=${student}`,
      `height=${c.H}`,
      `batch.labeled=${labeled}`,
      `batch.unlabeled=${unlabeled}`,
    ],
  });
}

async function trainingStep(
  topic: TopicFolder,
  c: StepCase,
  rotation: Matrix3,
  teacher: Float32Array,
): Promise<Check[]> {
  const { H: height, W: width, unlabelled_variants: { length: unlabelled } } = c;
  const faces = [6 * unlabelled, height / 2, height / 2, 1];
  const config = releasedConfig(c);
  const graph = await newGraph("train");
  const { store } = graph;
  const image = graph.input("unlabelled panoramas", [unlabelled, height, width, 3]);
  const answer = graph.input("teacher", faces);
  const given = givenHalf(graph, c);
  const { half, path } = unlabeledHalf(graph, config, { image, disparity: [answer] });
  const { total, losses, prediction, compared } = jointLosses(graph, config, [given, half]);
  [total, ...losses, prediction, compared[1]!, half.label].forEach((x) => graph.output(x));

  // What the released code makes of a masked batch, and what it means to: only losses are known of it.
  const sky = graph.input("sky", faces);
  const every = graph.constant("every face", new Uint32Array(6 * unlabelled).fill(1));
  const masked = [undefined, sky].map((mask) => {
    const counted = pseudoLabel(graph, answer, { dropZero: every, mask }).mask;
    const { loss } = affineInvariantLoss(graph, compared[1]!, half.label, counted, {
      mean: "pixels",
    });
    return graph.output(loss);
  });
  const optimiser = adam(graph, gradientNorm(graph, total).control);
  fillStore(store, c.weights_seed);
  const plan = await graph.build();
  path.write(plan, [rotation]);
  writeTensor(plan, given.image, panoramas(c, c.labelled_variants));
  writeTensor(plan, image, panoramas(c, c.unlabelled_variants));
  writeTensor(plan, given.label, (await topic.file(c, "gt")).data);
  writeTensor(plan, given.mask, (await topic.file(c, "val_mask")).data);
  writeTensor(plan, answer, teacher);
  if (c.with_sky_mask) writeTensor(plan, sky, (await topic.file(c, "cube_mask_intended")).data);
  plan.write(optimiser.input, optimiser.hyper(LEARNING_RATE, 1));
  plan.run();

  const map = async (name: string, tensor: Tensor, key: string, tolerance: number) =>
    compare(name, await readTensor(plan, tensor), (await topic.file(c, key)).data, tolerance);
  const loss = async (name: string, tensor: Tensor, want: number) =>
    compare(name, await plan.read(tensor), [want], tolerances.loss);
  const checks = [
    await map("prediction", prediction, "pred_depth_raw", tolerances.prediction),
    await map("cube prediction", compared[1]!, "pred_depth_cube", tolerances.cube),
    await map("pseudo label", half.label, "pseudo_depth", tolerances.pseudo),
    await loss("total", total, c.losses.total_loss),
    await loss("equi loss", losses[0]!, c.losses.total_loss_equi),
    await loss("cube loss", losses[1]!, c.losses.total_loss_cube),
  ];
  if (c.with_sky_mask) {
    const { released_code_losses: released, intended_losses: intended } = c.with_sky_mask;
    checks.push(await loss("released sky loss", masked[0]!, released.total_loss_cube!));
    checks.push(await loss("intended sky loss", masked[1]!, intended.loss_cube!));
  }
  const rows = async (key: string) => (await topic.readJson(c.files![key]!)).rows;
  checks.push(
    ...compareGradients(await store.getAll("gradients"), await rows("grads"), tolerances.gradient),
    compareStatistics(await store.getAll("states"), await rows("bn"), TOLERANCES.unifuse.batchNorm),
    ...await compareParameters(
      store,
      await rows("params_after1"),
      c.weights_seed,
      LEARNING_RATE,
      TOLERANCES.unifuse.runs.adam3.parameters,
    ),
  );
  plan.destroy();
  store.destroy();
  return checks;
}
