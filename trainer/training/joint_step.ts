/**
 * The paper's training step: half labelled panoramas, half unlabelled ones with the teacher's pseudo labels on the
 * faces of a rotated cube, one forward pass for both, two affine-invariant losses. A batch that is larger than memory
 * is trained in parts, whose gradients add up.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { affineInvariantLoss } from "../kernels/affine_invariant_loss.ts";
import { lossScale } from "../kernels/gradient_norm.ts";
import { fromPlanes } from "../kernels/planes.ts";
import { prepareImage, prepareMap } from "../kernels/prepare_image.ts";
import { stack } from "../kernels/stack.ts";
import { type WeightedLoss, weightedSum } from "../kernels/weighted_sum.ts";
import { resized } from "../models/resized.ts";
import { studentAt } from "../models/student.ts";
import { panoramasAtOnce } from "./batch_parts.ts";
import { type Half, labeledHalf, unlabeledHalf } from "./halves.ts";
import { type Optimisation, optimise } from "./optimise.ts";
import type { RotatedMap } from "./rotated_map.ts";

/** What is written before a step for its labelled panoramas. */
export interface LabeledInputs {
  /** sRGB 0..1, `[N, H, 2H, 3]`. */
  readonly rgb: Tensor;
  /** Metres along the ray, words `[N*H*2H]`. */
  readonly distance: Tensor;
  /** 1 where the distance counts, words `[N*H*2H]`. */
  readonly valid: Tensor;
  /** `augmentationWords()`. */
  readonly augmentation: Tensor;
}

/** What is written before a step for its unlabelled panoramas. */
export interface UnlabeledInputs {
  /** Packed RGBA, words `[N*V*2V]` at the teacher's view height V. */
  readonly pixels: Tensor;
  readonly augmentation: Tensor;
  /** From the prediction to the faces of the rotated cube. */
  readonly path: RotatedMap;
  /** The teacher's disparity, words `[6N*T*T]`. */
  readonly disparity: Tensor;
  /** 1 where it counts, `[6N, C, C, 1]`; C is V/2, the size at which faces are cut. Under `masks=applied`. */
  readonly mask?: Tensor;
  /** Not 0 for the faces of panoramas with a mask, words `[6N]`. Under `masks=released`. */
  readonly masked?: Tensor;
}

/** A recorded step. */
export interface JointStep {
  readonly labeled?: LabeledInputs;
  readonly unlabeled?: UnlabeledInputs;
  readonly optimisation: Optimisation;
}

/** Sizes that follow from the teacher. */
export interface TeacherSizes {
  /** V, height of the panorama that faces are cut from. */
  readonly viewHeight: number;
  /** T, side of the teacher's output. */
  readonly output: number;
}

/**
 * Record the step. `rows`: steps between two readings of the scalars.
 *
 * @throws RangeError for a student that is not known or does not work at this height or with these options, before
 * anything is recorded
 */
export function jointStep(
  graph: Graph,
  config: TrainConfig,
  teacher: TeacherSizes,
  rows: number,
): JointStep {
  const { batch, steps } = config;
  studentAt(config.student.name, config.height, config.student.options);
  const labeled = batch.labeled > 0 ? labeledInputs(graph, config) : undefined;
  const unlabeled = batch.unlabeled > 0 ? unlabeledInputs(graph, config, teacher) : undefined;
  const halves = [labeled?.half, unlabeled?.half].filter((half) => half !== undefined);
  const scale = graph.precision === "mixed" ? lossScale(graph) : undefined;
  const { total, losses } = jointLosses(graph, config, halves, scale);
  const scalars = Object.fromEntries(halves.map(({ name }, i) => [`loss/${name}`, losses[i]!]));
  const recorded = { "loss/total": total, ...scalars };
  const optimisation = optimise(graph, total, recorded, config.optim, {
    steps,
    rows,
    lossScale: scale,
  });
  return { labeled: labeled?.inputs, unlabeled: unlabeled?.inputs, optimisation };
}

/** Losses of a step, scalars `[1]`. */
export interface JointLosses {
  /** The weighted sum, which was differentiated. */
  readonly total: Tensor;
  /** Of each half, over the whole batch. */
  readonly losses: readonly Tensor[];
  /** The student's, of the last part, `[N, H, 2H, 1]`. */
  readonly prediction: Tensor;
  /** What each half compared with its label, of the last part. */
  readonly compared: readonly Tensor[];
}

/**
 * The student on both halves, their losses, and the backward pass; what is recorded after it is the update.
 *
 * @param halves in the order of the batch; at least one
 * @param scale what the losses are multiplied by before they are differentiated; 1 if it is left out
 * @throws RangeError for a student that does not work at this height or with these options
 */
export function jointLosses(
  graph: Graph,
  { height, batch: { parts }, student, lossWeights, lossMean: mean }: Pick<
    TrainConfig,
    "height" | "batch" | "student" | "lossWeights" | "lossMean"
  >,
  halves: readonly Half[],
  scale?: Tensor,
): JointLosses {
  const { record } = studentAt(student.name, height, student.options);
  const losses = halves.map((): Tensor[] => []);
  let [prediction, compared] = [halves[0]!.image, [] as Tensor[]];
  for (let part = 0; part < parts; part++) {
    const images = halves.map(({ image }) => partOf(graph, image, part, parts));
    const image = images.length > 1 ? stack(graph, images) : images[0]!;
    prediction = record(graph, image, student); // one pass: both halves share the batch statistics
    let first = 0;
    compared = halves.map((half, i) => {
      const count = images[i]!.shape[0]!;
      const own = half.compared(graph.slice(prediction, first, count), part * count);
      first += count;
      return own;
    });
    const terms = halves.map(({ name, label, mask, whole }, i): WeightedLoss => {
      const [own, counted] = [label, mask].map((map) => partOf(graph, map, part, parts));
      const { loss } = affineInvariantLoss(graph, compared[i]!, own!, counted!, { mean, whole });
      losses[i]!.push(loss);
      return { loss, weight: lossWeights[name] };
    });
    graph.differentiate(weightedSum(graph, terms), scale);
  }
  graph.beginUpdate(); // what follows is read after the backward passes
  const sums = losses.map((own) => weightedSum(graph, own.map((loss) => ({ loss, weight: 1 }))));
  const terms = sums.map((loss, i) => ({ loss, weight: lossWeights[halves[i]!.name] }));
  return { total: weightedSum(graph, terms), losses: sums, prediction, compared };
}

/** The images of one of `parts` equal parts of a batch. */
function partOf(graph: Graph, x: Tensor, part: number, parts: number): Tensor {
  if (parts === 1) return x;
  const count = x.shape[0]! / parts;
  return graph.slice(x, part * count, count);
}

function labeledInputs(
  graph: Graph,
  config: TrainConfig,
): { readonly half: Half; readonly inputs: LabeledInputs } {
  const { batch, height } = config;
  const shape = [batch.labeled, height, 2 * height];
  const count = shape.reduce((a, b) => a * b, 1);
  const rgb = graph.input("labeled rgb", [...shape, 3]);
  const distance = graph.input("labeled distance", [count]);
  const valid = graph.input("labeled valid", [count]);
  const preparation = prepareImage(graph, rgb);
  const [metres, counts] = [distance, valid].map((map) => prepareMap(graph, map, preparation));
  const data = { image: preparation.image, distance: metres!, valid: counts! };
  const inputs = { rgb, distance, valid, augmentation: preparation.parameters };
  return { half: labeledHalf(graph, config, data), inputs };
}

function unlabeledInputs(
  graph: Graph,
  config: TrainConfig,
  { viewHeight, output }: TeacherSizes,
): { readonly half: Half; readonly inputs: UnlabeledInputs } {
  const { batch: { unlabeled: count }, height, masks } = config;
  const cut = viewHeight / 2;
  const pixels = graph.input("unlabeled pixels", [count * 2 * viewHeight ** 2]);
  const view = prepareImage(graph, pixels, { size: { height: viewHeight, width: 2 * viewHeight } });
  const image = viewHeight === height ? view.image : resized(graph, view.image, height, 2 * height);
  const words = graph.input("teacher disparity", [6 * count * output ** 2]);
  const together = panoramasAtOnce(graph.gpu.limits, count, 6 * 16 * output ** 2);
  const shape = [6 * together, output, output, 1];
  const disparity = Array.from(
    { length: count / together },
    (_, group) => fromPlanes(graph, words, shape, group * 6 * together),
  );
  const mask = masks === "applied" ? graph.input("face mask", [6 * count, cut, cut, 1]) : undefined;
  const masked = masks === "released" ? graph.input("masked faces", [6 * count]) : undefined;
  const data = { image, disparity, mask, dropZero: masked };
  const { half, path } = unlabeledHalf(graph, config, data);
  const inputs = { pixels, augmentation: view.parameters, path, disparity: words, mask, masked };
  return { half, inputs };
}
