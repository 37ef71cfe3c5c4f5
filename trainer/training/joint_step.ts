/**
 * The paper's training step: half labelled panoramas, half unlabelled ones with the teacher's pseudo labels on the
 * faces of a rotated cube, one forward pass for both, two affine-invariant losses.
 *
 * @module
 */
import { distillationPath, IDENTITY, type Matrix3, resizeTaps } from "@depth-anywhere/geometry";
import type { TrainConfig } from "../config/schema.ts";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { affineInvariantLoss } from "../kernels/affine_invariant_loss.ts";
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
  /** The student's disparity, labelled panoramas first, `[N, H, 2H, 1]`. */
  readonly prediction: Tensor;
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
 * @throws RangeError for a student that is not known or does not work at this height, before anything is recorded
 */
export function jointStep(
  graph: Graph,
  config: TrainConfig,
  teacher: TeacherSizes,
  rows: number,
): JointStep {
  const { height, batch, student, lossWeights, lossMean: mean } = config;
  const { record } = studentAt(student.name, height);
  const labeled = batch.labeled > 0 ? labeledHalf(graph, config) : undefined;
  const unlabeled = batch.unlabeled > 0 ? unlabeledHalf(graph, config, teacher) : undefined;
  const images = [labeled?.image, unlabeled?.image].filter((image) => image !== undefined);
  const image = images.length > 1 ? stack(graph, images) : images[0]!;
  const prediction = graph.output(record(graph, image, student)); // one pass: both halves share the batch statistics
  const losses: Record<string, WeightedLoss> = {};
  if (labeled) {
    const own = graph.slice(prediction, 0, batch.labeled);
    const { loss } = affineInvariantLoss(graph, own, labeled.label, labeled.mask, { mean });
    losses["loss/labeled"] = { loss, weight: lossWeights.labeled };
  }
  if (unlabeled) {
    const own = graph.slice(prediction, batch.labeled, batch.unlabeled);
    const faces = unlabeled.faces(own);
    const { loss } = affineInvariantLoss(graph, faces, unlabeled.label, unlabeled.counted, {
      mean,
    });
    losses["loss/pseudo"] = { loss, weight: lossWeights.pseudo };
  }
  const total = weightedSum(graph, Object.values(losses));
  const scalars = Object.fromEntries(
    Object.entries(losses).map(([name, { loss }]) => [name, loss]),
  );
  const run = { steps: config.steps, rows };
  const optimisation = optimise(
    graph,
    total,
    { "loss/total": total, ...scalars },
    config.optim,
    run,
  );
  return { labeled: labeled?.inputs, unlabeled: unlabeled?.inputs, prediction, optimisation };
}

function labeledHalf(graph: Graph, { batch, height, labelMinMax: minMax }: TrainConfig) {
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
  return { inputs, image: preparation.image, label, mask };
}

function unlabeledHalf(graph: Graph, config: TrainConfig, { viewHeight, output }: TeacherSizes) {
  const { batch: { unlabeled: count }, height, resampling, masks, rotationPer, labelMinMax } =
    config;
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
  const faces = (prediction: Tensor): Tensor => {
    const shifted = recipe === "released" ? shiftMinimum(graph, prediction) : prediction;
    const faces = { height: size, width: size, to: "image-major" } as const;
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
  return { inputs, image, faces, label, counted };
}

function resizedMask(graph: Graph, mask: Tensor, size: number): Tensor {
  const [, height = 0, width = 0] = mask.shape;
  const taps = resizeTaps({ height, width, toHeight: size, toWidth: size });
  const map = constantMap(graph, `resize mask ${height} to ${size}`, taps);
  return resampleMask(graph, mask, map, { height: size, width: size });
}
