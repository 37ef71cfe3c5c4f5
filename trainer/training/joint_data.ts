/**
 * What goes into a joint step: rendered labelled panoramas, loaded unlabelled ones, augmentation, rotations. All of it
 * is a pure function of (seed, step).
 *
 * @module
 */
import { drawRotation, type Matrix3 } from "@depth-anywhere/geometry";
import type { TrainConfig } from "../config/schema.ts";
import type { RoomRenderer } from "../data/rooms/renderer.ts";
import { type RoomSource, roomView } from "../data/room_panoramas.ts";
import type { Plan } from "../gpu/plan.ts";
import { augmentationWords, drawAugmentation } from "../kernels/augmentation.ts";
import { hashText, uniform } from "../random.ts";
import type { LabeledInputs } from "./joint_step.ts";

const purpose = {
  augmentation: hashText("augmentation"),
  rotation: hashText("rotation"),
};

/** Augmentation of the panoramas of a step, one word group each. `half` keeps the two halves apart. */
export function stepAugmentation(
  { seed, augment }: TrainConfig,
  half: "labeled" | "unlabeled",
  step: number,
  count: number,
  width: number,
): Uint32Array<ArrayBuffer> {
  const { colorJitter: jitter, yawRoll, flip } = augment;
  const key = hashText(half);
  const drawn = Array.from({ length: count }, (_, item) =>
    drawAugmentation(
      { rollWidth: yawRoll ? width : 0, flip, jitter },
      (k) => uniform(seed, purpose.augmentation, key, step, item, k),
    ));
  return augmentationWords(drawn, width);
}

/** Rotations of a step: one, or one for each unlabelled panorama. */
export function stepRotations(
  { seed, rotation, rotationPer, batch }: TrainConfig,
  step: number,
): Matrix3[] {
  const count = rotationPer === "image" ? batch.unlabeled : 1;
  return Array.from({ length: count }, (_, item) => {
    const u = [0, 1, 2].map((k) => uniform(seed, purpose.rotation, step, item, k));
    return drawRotation(rotation, u as [number, number, number]);
  });
}

/** Render the labelled panoramas of a step into the plan's inputs. */
export function renderLabeled(
  renderer: RoomRenderer,
  plan: Plan,
  inputs: LabeledInputs,
  { seed, batch, height }: TrainConfig,
  sources: readonly RoomSource[],
  step: number,
): void {
  const views = Array.from({ length: batch.labeled }, (_, item) => {
    const index = step * batch.labeled + item;
    return roomView(seed, sources[index % sources.length]!, index);
  });
  renderer.render(views, { width: 2 * height, height }, {
    rgb: plan.range(inputs.rgb),
    distance: plan.range(inputs.distance),
    valid: plan.range(inputs.valid),
  });
}
