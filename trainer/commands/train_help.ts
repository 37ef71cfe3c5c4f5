/**
 * `deno task train --help`.
 *
 * @module
 */
import { configKeys } from "../config/describe.ts";
import { type Student, students } from "../models/student.ts";

/** Name, smallest height and options of a student. */
function studentHelp({ name, smallestHeight, options = {} }: Student): string {
  const values = Object.entries(options).map(([option, values]) =>
    `; student.options.${option}: ${values.join(", ")}`
  );
  return `  ${name.padEnd(22)} heights from ${smallestHeight} on${values.join("")}`;
}

/** What the command prints when it is asked for help. */
export const help =
  `Trains a 360° depth model: labelled panoramas and a perspective teacher's pseudo labels, half and half.
With no flags: rendered rooms and 14 real panoramas, by the preset of this machine: embedded (small) without a GPU,
paper (the paper's size, days) with one; --config embedded is small everywhere.

Usage: deno task train [--config F] [--set KEY=VALUE]...

  --config F           preset (embedded, paper, smoke) or JSON file of differences
  --student NAME       network to train: ${students().map(({ name }) => name).join(", ")}
  --labeled SPEC       panoramas with depth, repeatable: rooms[@style=NAME][@split=train|val|test]
  --unlabeled SPEC     panoramas without, repeatable: panoramas[@split=...], folder:PATH[@masks=DIR]
  --teacher T          builtin, a .onnx file, or a hub name such as depth-anything-v2-small
  --steps N            total steps, also with --resume
  --batch-size N       panoramas of each kind in a step
  --height H           height of the student's input, a multiple of 64; see Students
  --seed N             decides data order, rotations, augmentation and first weights
  --init FILE          go on from a checkpoint of a student (.safetensors, .pth, a run folder): trains what the file is of,
                       with optim.lr=1e-4 and the height that the file tells unless these are named
  --init-encoder FILE  start the encoders from torchvision's ResNet (.pth) or a teacher's .onnx, whose width the student
                       then has; builtin: the embedded one
  --out DIR            run folder (default runs/<student>-<date>)
  --resume RUN         go on with a run from its last checkpoint, or from the named one of its checkpoints
  --precision mixed    feature maps and their gradients as 16-bit floats: about two thirds of the memory, nearly the same numbers
  --recompute          compute cheap activations again in the backward pass: less memory, the same numbers
  --overfit            freeze one batch with its rotation, augmentation and labels; for debugging
  --set KEY=VALUE      any key of the configuration, repeatable; with --resume only the optimiser's: optim.…
  --help               this text and all keys

Examples:
  deno task train
  deno task train --unlabeled folder:panoramas --steps 20000
  deno task train --init UniFuse_SpatialAudioGen.pth --height 256
  deno task train --set rotation=none --out runs/without-rotation
  deno task train --student bifusepp
  deno task train --set student.options.fusion=cat
  deno task train --resume runs/unifuse-2026-11-23-0900

Students:
${students().map(studentHelp).join("\n")}

Keys:
${configKeys().map(({ key, description }) => `  ${key.padEnd(22)} ${description}`).join("\n")}`;
