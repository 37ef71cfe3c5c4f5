/**
 * One training step of a perspective depth network on rendered faces: the embedded teacher's.
 *
 * @module
 */
import { faceCosines } from "@depth-anywhere/geometry";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { alignedLoss } from "../kernels/aligned_loss.ts";
import { faceLabel } from "../kernels/face_label.ts";
import { type Preparation, prepareImage } from "../kernels/prepare_image.ts";
import { weightedSum } from "../kernels/weighted_sum.ts";
import { perspectiveNet } from "../models/perspective_net.ts";
import { type OptimConfig, type Optimisation, optimise } from "./optimise.ts";

/** Sizes of a step. */
export interface PerspectiveConfig {
  /** Channel multiplier of the network. */
  readonly width: number;
  /** Pixels along a face, a multiple of 32. */
  readonly size: number;
  /** Faces in a step. */
  readonly batch: number;
  readonly optim: OptimConfig;
  readonly steps: number;
}

/** What is written before a step, and the step's end. */
export interface PerspectiveStep {
  /** sRGB 0..1, `[N, F, F, 3]`; the renderer writes it. */
  readonly rgb: Tensor;
  /** Metres along the ray, words `[N*F*F]`. */
  readonly distance: Tensor;
  /** `RoomTarget.labels`, words `[N*F*F]`. */
  readonly labels: Tensor;
  /** Augmentation of each face. */
  readonly preparation: Preparation;
  readonly optimisation: Optimisation;
}

/** Record the step. `rows`: steps between two readings of the scalars. */
export function perspectiveStep(
  graph: Graph,
  config: PerspectiveConfig,
  rows: number,
): PerspectiveStep {
  const { width, size, batch, optim, steps } = config;
  const rgb = graph.input("rgb", [batch, size, size, 3]);
  const distance = graph.input("distance", [batch * size * size]);
  const labels = graph.input("labels", [batch * size * size]);
  const cosine = graph.constant("cos α", faceCosines("distill", size));
  const preparation = prepareImage(graph, rgb);
  const { truth, mask } = faceLabel(graph, distance, labels, cosine);
  const prediction = perspectiveNet(graph, preparation.image, { width });
  const { loss: scale } = alignedLoss(graph, prediction, truth, mask, "scale");
  const { loss: affine } = alignedLoss(graph, prediction, truth, mask, "affine");
  const loss = weightedSum(graph, [{ loss: scale, weight: 1 }, { loss: affine, weight: 1 }]);
  graph.differentiate(loss);
  const scalars = { "loss/total": loss, "loss/scale": scale, "loss/affine": affine };
  const optimisation = optimise(graph, loss, scalars, optim, { steps, rows });
  return { rgb, distance, labels, preparation, optimisation };
}
