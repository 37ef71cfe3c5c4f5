/**
 * The two halves of a batch, as the student sees them and as their losses compare them: labelled panoramas whole, and
 * unlabelled ones on the faces of a rotated cube that the teacher has labelled.
 *
 * @module
 */
import { distillationPath, IDENTITY, type Matrix3, resizeTaps } from "@depth-anywhere/geometry";
import type { TrainConfig } from "../config/schema.ts";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { countValid } from "../kernels/count_valid.ts";
import { cubeDisparity } from "../kernels/cube_disparity.ts";
import { labelFromDistance, pseudoLabel } from "../kernels/disparity_label.ts";
import { resample, resampleMask } from "../kernels/resample.ts";
import { constantMap } from "../kernels/resample_map.ts";
import { shiftMinimum } from "../kernels/shift_minimum.ts";
import { stack } from "../kernels/stack.ts";
import { resized } from "../models/resized.ts";
import { type RotatedMap, rotatedMap } from "./rotated_map.ts";

/** A half of the batch. */
export interface Half {
  /** Of its loss. */
  readonly name: "labeled" | "pseudo";
  /** `[N, H, 2H, 3]`, normalised. */
  readonly image: Tensor;
  /** Disparity of panoramas `[N, …, 1]` or of faces `[6N, …, 1]`. */
  readonly label: Tensor;
  /** 1 where the label counts; of the label's shape. */
  readonly mask: Tensor;
  /** What the loss of a part divides by; only where the batch has parts. */
  readonly whole: Tensor | undefined;
  /** What is compared with the label: of predictions for panoramas from number `first` on. */
  compared(prediction: Tensor, first: number): Tensor;
}

/**
 * Panoramas with depth: the prediction is compared as it is.
 *
 * @param data `image` `[N, H, 2H, 3]`; `distance` in metres and `valid`, `[N, H, 2H, 1]`
 */
export function labeledHalf(
  graph: Graph,
  { batch, labelMinMax: minMax }: Pick<TrainConfig, "batch" | "labelMinMax">,
  { image, distance, valid }: { image: Tensor; distance: Tensor; valid: Tensor },
): Half {
  const { label, mask } = labelFromDistance(graph, distance, {
    maxDistance: Infinity, // the range is the source's, and in its mask already
    mask: valid,
    minMax,
  });
  const whole = batch.parts > 1 ? countValid(graph, mask) : undefined;
  return { name: "labeled", image, label, mask, whole, compared: (prediction) => prediction };
}

/** What the unlabelled half is made of. */
export interface UnlabeledData {
  /** `[N, H, 2H, 3]`. */
  readonly image: Tensor;
  /** The teacher's disparity `[6N, T, T, 1]`, in groups of panoramas if it is too large to be bound at once. */
  readonly disparity: readonly Tensor[];
  /** 1 where it counts, `[6N, C, C, 1]`; C is the side at which faces are cut. */
  readonly mask?: Tensor;
  /** Words `[6N]`, not 0 for faces whose label 0 does not count: under `masks=released`, those of masked panoramas. */
  readonly dropZero?: Tensor;
}

/** What decides how predictions are brought to the teacher's faces. */
export type PseudoConfig = Pick<
  TrainConfig,
  "batch" | "height" | "resampling" | "rotationPer" | "labelMinMax"
>;

/**
 * Panoramas with pseudo labels: the prediction is turned as the teacher's view was, cut into faces, and its radial
 * disparity made that of the faces (paper section 3.2).
 *
 * @returns the half, and the map whose rotations are written before each run
 */
export function unlabeledHalf(
  graph: Graph,
  config: PseudoConfig,
  { image, disparity, mask, dropZero }: UnlabeledData,
): { readonly half: Half; readonly path: RotatedMap } {
  const { batch: { unlabeled: count, parts }, height, resampling, rotationPer } = config;
  const recipe = resampling === "released" ? "released" : "paper";
  const size = height / 2;
  const pathOf = (rotation: Matrix3) =>
    distillationPath({ height, width: 2 * height, size, rotation, recipe });
  const path = rotatedMap(graph, "distillation path", {
    height,
    size,
    maps: rotationPer === "image" ? count : 1,
    tapsOf: recipe === "released" ? (rotation) => pathOf(rotation).taps : undefined,
  });
  const factor = graph.constant("cos α", pathOf(IDENTITY).factor);
  const compared = (prediction: Tensor, first: number): Tensor => {
    const shifted = recipe === "released" ? shiftMinimum(graph, prediction) : prediction;
    const firstMap = rotationPer === "image" ? first : 0;
    const faces = { height: size, width: size, to: "image-major", firstMap } as const;
    return cubeDisparity(graph, resample(graph, shifted, path.map, faces), factor, { recipe });
  };
  const sampling = recipe === "released" ? "nearest" : "bilinear";
  const groups = disparity.map((faces) =>
    faces.shape[1] === size ? faces : resized(graph, faces, size, size, sampling)
  );
  const atSize = groups.length > 1 ? stack(graph, groups) : groups[0]!;
  const { label, mask: counted } = pseudoLabel(graph, atSize, {
    mask: mask && mask.shape[1] !== size ? resizedMask(graph, mask, size) : mask,
    dropZero,
    minMax: config.labelMinMax,
  });
  const whole = parts > 1 ? countValid(graph, counted) : undefined;
  return { half: { name: "pseudo", image, label, mask: counted, whole, compared }, path };
}

function resizedMask(graph: Graph, mask: Tensor, size: number): Tensor {
  const [, height = 0, width = 0] = mask.shape;
  const taps = resizeTaps({ height, width, toHeight: size, toWidth: size });
  const map = constantMap(graph, `resize mask ${height} to ${size}`, taps);
  return resampleMask(graph, mask, map, { height: size, width: size });
}
