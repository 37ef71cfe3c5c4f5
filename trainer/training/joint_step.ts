/**
 * The paper's training step: half labelled panoramas, half unlabelled ones with the teacher's pseudo labels on the
 * faces of a rotated cube, one forward pass for both, two affine-invariant losses. A batch that is larger than memory
 * is trained in parts, whose gradients add up.
 *
 * @module
 */
import { distillationPath, IDENTITY, type Matrix3, resizeTaps } from "@depth-anywhere/geometry";
import type { TrainConfig } from "../config/schema.ts";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { affineInvariantLoss } from "../kernels/affine_invariant_loss.ts";
import { countValid } from "../kernels/count_valid.ts";
import { cubeDisparity } from "../kernels/cube_disparity.ts";
import { labelFromDistance, pseudoLabel } from "../kernels/disparity_label.ts";
import { fromPlanes } from "../kernels/planes.ts";
import { prepareImage, prepareMap } from "../kernels/prepare_image.ts";
import { resample, resampleMask } from "../kernels/resample.ts";
import { constantMap } from "../kernels/resample_map.ts";
import { shiftMinimum } from "../kernels/shift_minimum.ts";
import { stack } from "../kernels/stack.ts";
import { type WeightedLoss, weightedSum } from "../kernels/weighted_sum.ts";
import { resized } from "../models/resized.ts";
import { studentAt } from "../models/student.ts";
import { type Optimisation, optimise } from "./optimise.ts";
import { type RotatedMap, rotatedMap } from "./rotated_map.ts";

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
  /** 1 where it counts, `[6N, C, C, 1]`; C is V/2, the size at which faces are cut. Without masks there is none. */
  readonly mask?: Tensor;
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
  const { height, batch, student, lossWeights, lossMean: mean } = config;
  const { record } = studentAt(student.name, height, student.options);
  const labeled = batch.labeled > 0 ? labeledHalf(graph, config) : undefined;
  const unlabeled = batch.unlabeled > 0 ? unlabeledHalf(graph, config, teacher) : undefined;
  const halves = [labeled, unlabeled].filter((half) => half !== undefined);
  const losses = halves.map((): Tensor[] => []);
  for (let part = 0; part < batch.parts; part++) {
    const images = halves.map(({ image }) => partOf(graph, image, part, batch.parts));
    const image = images.length > 1 ? stack(graph, images) : images[0]!;
    const prediction = record(graph, image, student); // one pass: both halves share the batch statistics
    let first = 0;
    const terms = halves.map((half, i): WeightedLoss => {
      const count = images[i]!.shape[0]!;
      const own = half.compared(graph.slice(prediction, first, count), part * count);
      first += count;
      const [label, mask] = [half.label, half.mask].map((map) =>
        partOf(graph, map, part, batch.parts)
      );
      const { loss } = affineInvariantLoss(graph, own, label!, mask!, { mean, whole: half.whole });
      losses[i]!.push(loss);
      return { loss, weight: lossWeights[half.name] };
    });
    graph.differentiate(weightedSum(graph, terms));
  }
  graph.beginUpdate(); // what follows is read after the backward passes
  const sums = losses.map((parts) =>
    weightedSum(graph, parts.map((loss) => ({ loss, weight: 1 })))
  );
  const total = weightedSum(
    graph,
    sums.map((loss, i) => ({ loss, weight: lossWeights[halves[i]!.name] })),
  );
  const scalars = Object.fromEntries(halves.map(({ name }, i) => [`loss/${name}`, sums[i]!]));
  const run = { steps: config.steps, rows };
  const recorded = { "loss/total": total, ...scalars };
  const optimisation = optimise(graph, total, recorded, config.optim, run);
  return { labeled: labeled?.inputs, unlabeled: unlabeled?.inputs, optimisation };
}

/** A half of the batch, as the student sees it and the loss compares it. */
interface Half {
  /** Of its loss. */
  readonly name: "labeled" | "pseudo";
  /** `[N, H, 2H, 3]`. */
  readonly image: Tensor;
  /** Disparity of panoramas `[N, …, 1]` or of faces `[6N, …, 1]`. */
  readonly label: Tensor;
  readonly mask: Tensor;
  /** What the loss of a part divides by; only where the batch has parts. */
  readonly whole: Tensor | undefined;
  /** What is compared with the label: of predictions for panoramas from number `first` on. */
  compared(prediction: Tensor, first: number): Tensor;
}

/** The images of one of `parts` equal parts of a batch. */
function partOf(graph: Graph, x: Tensor, part: number, parts: number): Tensor {
  if (parts === 1) return x;
  const count = x.shape[0]! / parts;
  return graph.slice(x, part * count, count);
}

function labeledHalf(
  graph: Graph,
  { batch, height, labelMinMax: minMax }: TrainConfig,
): Half & { readonly inputs: LabeledInputs } {
  const shape = [batch.labeled, height, 2 * height];
  const count = shape.reduce((a, b) => a * b, 1);
  const rgb = graph.input("labeled rgb", [...shape, 3]);
  const distance = graph.input("labeled distance", [count]);
  const valid = graph.input("labeled valid", [count]);
  const preparation = prepareImage(graph, rgb);
  const { label, mask } = labelFromDistance(graph, prepareMap(graph, distance, preparation), {
    maxDistance: Infinity, // the range is the source's, and in its mask already
    mask: prepareMap(graph, valid, preparation),
    minMax,
  });
  const inputs: LabeledInputs = { rgb, distance, valid, augmentation: preparation.parameters };
  return {
    name: "labeled",
    inputs,
    image: preparation.image,
    label,
    mask,
    whole: batch.parts > 1 ? countValid(graph, mask) : undefined,
    compared: (prediction) => prediction,
  };
}

function unlabeledHalf(
  graph: Graph,
  config: TrainConfig,
  { viewHeight, output }: TeacherSizes,
): Half & { readonly inputs: UnlabeledInputs } {
  const {
    batch: { unlabeled: count, parts },
    height,
    resampling,
    masks,
    rotationPer,
    labelMinMax,
  } = config;
  const recipe = resampling === "released" ? "released" : "paper";
  const [size, cut] = [height / 2, viewHeight / 2];
  const pixels = graph.input("unlabeled pixels", [count * 2 * viewHeight ** 2]);
  const view = prepareImage(graph, pixels, { size: { height: viewHeight, width: 2 * viewHeight } });
  const image = viewHeight === height ? view.image : resized(graph, view.image, height, 2 * height);

  const pathOf = (rotation: Matrix3) =>
    distillationPath({ height, width: 2 * height, size, rotation, recipe });
  const path = rotatedMap(graph, "distillation path", {
    height,
    size,
    maps: rotationPer === "image" ? count : 1,
    tapsOf: recipe === "released" ? (rotation) => pathOf(rotation).taps : undefined,
  });
  const factor = graph.constant("cos α", pathOf(IDENTITY).factor);
  const faces = (prediction: Tensor, first: number): Tensor => {
    const shifted = recipe === "released" ? shiftMinimum(graph, prediction) : prediction;
    const firstMap = rotationPer === "image" ? first : 0;
    const faces = { height: size, width: size, to: "image-major", firstMap } as const;
    const sampled = resample(graph, shifted, path.map, faces);
    return cubeDisparity(graph, sampled, factor, { recipe });
  };

  const disparity = graph.input("teacher disparity", [6 * count * output ** 2]);
  const raw = fromPlanes(graph, disparity, [6 * count, output, output, 1]);
  const mask = masks === "applied" ? graph.input("face mask", [6 * count, cut, cut, 1]) : undefined;
  const { label, mask: counted } = pseudoLabel(
    graph,
    output === size
      ? raw
      : resized(graph, raw, size, size, recipe === "released" ? "nearest" : "bilinear"),
    {
      mask: mask && cut !== size ? resizedMask(graph, mask, size) : mask,
      dropZero: masks === "released",
      minMax: labelMinMax,
    },
  );
  const inputs: UnlabeledInputs = {
    pixels,
    augmentation: view.parameters,
    path,
    disparity,
    mask,
  };
  return {
    name: "pseudo",
    inputs,
    image,
    label,
    mask: counted,
    whole: parts > 1 ? countValid(graph, counted) : undefined,
    compared: faces,
  };
}

function resizedMask(graph: Graph, mask: Tensor, size: number): Tensor {
  const [, height = 0, width = 0] = mask.shape;
  const taps = resizeTaps({ height, width, toHeight: size, toWidth: size });
  const map = constantMap(graph, `resize mask ${height} to ${size}`, taps);
  return resampleMask(graph, mask, map, { height: size, width: size });
}
