/**
 * The configuration of a training run: every key with its type, its default and one line of documentation.
 * Keys that are not named here are errors. What the defaults of the switches between the paper's text and its
 * released code are is decided by `recipe` (recipes.ts).
 *
 * @module
 */
import { z } from "zod";

const positive = () => z.int().positive();
const decay = () => z.number().min(0).lt(1);

const student = z.strictObject({
  name: z.string().min(1).default("unifuse").describe("Network to train"),
  width: z.union([z.literal(1), z.literal(0.5), z.literal(0.25)]).default(1)
    .describe("Multiplier of the channel counts; small ones suit small machines"),
  init: z.string().min(1).default("random").describe(
    "First weights: random, a student's checkpoint, or an encoder: builtin, .onnx, torchvision's .pth",
  ),
  options: z.record(z.string(), z.union([z.boolean(), z.string()])).default({})
    .describe("Choices of the network, as options.fusion=cat: --help lists them"),
});

const batch = z.strictObject({
  labeled: z.int().min(0).default(3).describe("Panoramas with true depth in a step"),
  unlabeled: z.int().min(0).default(3).describe("Panoramas with the teacher's depth in a step"),
  parts: positive().default(1).describe(
    "Parts that a step trains one after the other, to save memory; batch norm sees a part at a time",
  ),
});

const teacher = z.strictObject({
  model: z.string().min(1).default("builtin")
    .describe("`builtin`, a Depth-Anything-style .onnx file, or a name of the hub"),
  size: z.int().min(0).default(0)
    .describe("Side of the faces that it looks at, pixels; 0: the model's own"),
  viewHeight: z.int().min(0).default(0)
    .refine((v) => v === 0 || (v >= 32 && v % 2 === 0), { error: "0 or an even number from 32 on" })
    .describe(
      "Height of the panorama its faces are cut from, pixels, if it is more than the student's",
    ),
  threads: z.int().min(0).default(0)
    .describe("Threads of the wasm teacher; 0: one for each core; the result depends on it"),
});

const lossWeights = z.strictObject({
  labeled: z.number().min(0).default(0.5).describe("Weight of the loss on true depth"),
  pseudo: z.number().min(0).default(0.5).describe("Weight of the loss on the teacher's depth"),
});

const augment = z.strictObject({
  colorJitter: z.boolean().default(true)
    .describe("Brightness, contrast, saturation and hue of the student's input, half of the time"),
  yawRoll: z.boolean().default(true).describe("Turn each panorama about the vertical axis"),
  flip: z.boolean().default(true).describe("Mirror half of the panoramas left to right"),
});

const optim = z.strictObject({
  name: z.enum(["adam", "adamw"]).default("adam")
    .describe("Optimiser; adamw decays the weights apart from the gradient"),
  lr: z.number().positive().default(1e-4).describe("Step size at its highest"),
  schedule: z.enum(["constant", "cosine"]).default("constant")
    .describe("Step size over the run; cosine falls to zero at the last step"),
  warmup: z.int().min(0).default(0).describe("Steps over which the step size rises from zero"),
  betas: z.tuple([decay(), decay()]).default([0.9, 0.999])
    .describe("Decay of the gradient's first and second moment"),
  eps: z.number().positive().default(1e-8).describe("Added to the root of the second moment"),
  weightDecay: z.number().min(0).default(0).describe("Pull of the weights towards zero"),
  clip: z.number().min(0).default(0).describe("Largest norm of the gradient; 0: any"),
});

const evaluation = z.strictObject({
  every: z.int().min(0).default(3600).describe("Steps between evaluations; 0: at the ends only"),
  images: positive().default(64)
    .describe("Held-out rooms of an evaluation, rounded up to as many of each style"),
  panoramas: z.int().min(0).default(32).describe(
    "Panoramas that the teacher labels for evaluation, of the run's own and of held-out ones; 0: none",
  ),
  rotations: positive().default(8)
    .describe("Fixed rotations under which the teacher labels each of them"),
  styles: z.array(z.string().min(1)).default([])
    .describe("Styles of the held-out rooms; none: all of them"),
});

const checkpoint = z.strictObject({
  every: positive().default(3600).describe("Steps between checkpoints"),
  keep: positive().default(3).describe("Checkpoints to keep, newest first"),
});

const logging = z.strictObject({
  every: positive().default(10)
    .describe("Steps between readings of the loss ring; every step is recorded"),
  media: z.int().min(0).default(500).describe("Steps between pictures; 0: none"),
});

/** Whether anything would be learnt. An empty batch is said to be one, and not this. */
function hasLoss({ batch, lossWeights }: {
  batch: { labeled: number; unlabeled: number };
  lossWeights: { labeled: number; pseudo: number };
}): boolean {
  const panoramas = batch.labeled + batch.unlabeled;
  return panoramas === 0 ||
    batch.labeled * lossWeights.labeled + batch.unlabeled * lossWeights.pseudo > 0;
}

/** Schema of a whole configuration; {@link resolveConfig} fills it. */
export const TrainConfig = z.strictObject({
  seed: z.int().min(0).max(0xffff_ffff).default(0)
    .describe("Decides data order, rotations, augmentation and initial weights"),
  steps: positive().default(720_000)
    .describe("Optimiser steps in total, those before a resume included"),
  height: positive().default(512)
    .describe("Height of the student's input, pixels, a multiple of 64; the width is twice that"),
  labeled: z.array(z.string().min(1)).default(["rooms"])
    .describe("Sources of panoramas with true depth: NAME[:ROOT][@key=value]"),
  unlabeled: z.array(z.string().min(1)).default(["panoramas"])
    .describe("Sources of panoramas without depth: NAME[:ROOT][@key=value]"),
  recipe: z.enum(["paper", "released"]).default("paper")
    .describe("Defaults of the switches below: the paper's text or its released code"),
  rotation: z.enum(["none", "yaw", "euler45", "so3"]).default("so3")
    .describe("Rotation before the cube is cut; euler45: each angle within 45 degrees; so3: any"),
  rotationPer: z.enum(["step", "image"]).default("image")
    .describe("Draw the rotation once a step or for every image"),
  resampling: z.enum(["bilinear", "released"]).default("bilinear")
    .describe("How panoramas are rotated and cut: seam and poles right, or the released grids"),
  masks: z.enum(["applied", "released"]).default("applied")
    .describe(
      "Leave masked pixels out of the pseudo loss, or ignore masks as the released code does",
    ),
  labelMinMax: z.boolean().default(true)
    .describe("Scale disparity labels to [0, 1] first; the loss is blind to it"),
  lossMean: z.enum(["item", "pixels"]).default("item")
    .describe("Mean of the loss over items (paper eq. 4) or over all valid pixels of the batch"),
  alignment: z.enum(["median", "affine"]).default("median")
    .describe("Alignment that stands first in tables: median (paper), or least squares before it"),
  protocol: z.enum(["paper", "released"]).default("paper")
    .describe(
      "Rules of the depth errors: what an aligned disparity of 0 or less means, far or (released) near",
    ),
  lossWeights: lossWeights.prefault({}),
  student: student.prefault({}),
  teacher: teacher.prefault({}),
  batch: batch.prefault({}),
  augment: augment.prefault({}),
  optim: optim.prefault({}),
  evaluation: evaluation.prefault({}),
  checkpoint: checkpoint.prefault({}),
  diskCache: z.number().min(0).default(10)
    .describe(
      "Gigabytes of resized panoramas of folders to keep on disk, for all runs; the oldest go; 0: none",
    ),
  logging: logging.prefault({}),
  precision: z.enum(["f32", "mixed"]).default("f32")
    .describe(
      "mixed: feature maps in 16-bit floats, about two thirds of the memory; all arithmetic stays f32",
    ),
  recompute: z.boolean().default(false)
    .describe(
      "Compute cheap activations again in the backward pass: less memory, the same numbers",
    ),
  tune: z.enum(["off", "auto", "always"]).default("auto")
    .describe(
      "Time tiles of convolutions first, once an adapter; auto: GPUs only; always: slow in software",
    ),
  overfit: z.boolean().default(false)
    .describe("Freeze one batch with its rotation, augmentation and labels; for debugging"),
}).refine((c) => c.batch.labeled + c.batch.unlabeled > 0, {
  path: ["batch"],
  error: "at least one labeled or unlabeled panorama",
}).refine(
  ({ batch: { labeled, unlabeled, parts } }) => labeled % parts === 0 && unlabeled % parts === 0,
  {
    path: ["batch", "parts"],
    error: "a number that divides both batch.labeled and batch.unlabeled",
  },
).refine((c) => c.batch.labeled === 0 || c.labeled.length > 0, {
  path: ["labeled"],
  error: "a source, as batch.labeled is not 0",
}).refine((c) => c.batch.unlabeled === 0 || c.unlabeled.length > 0, {
  path: ["unlabeled"],
  error: "a source, as batch.unlabeled is not 0",
}).refine(hasLoss, {
  path: ["lossWeights"],
  error: "a weight above 0 where the batch has panoramas",
});

/** A whole configuration, every key resolved. */
export type TrainConfig = z.infer<typeof TrainConfig>;
