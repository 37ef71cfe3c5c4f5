/**
 * `deno task train`: the paper's joint training.
 *
 * @module
 */
import { configKeys } from "../config/describe.ts";
import { loadConfig } from "../config/load.ts";
import { defaultPreset } from "../config/presets.ts";
import type { Differences } from "../config/recipes.ts";
import { parseConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import { styles } from "../data/rooms/rooms.ts";
import { scoreTable } from "../evaluation/scores.ts";
import { type Gpu, openGpu } from "../gpu/device.ts";
import { newRunFolder } from "../runs/run_name.ts";
import { latestCheckpoint, readRecord } from "../runs/run_reader.ts";
import { describeRun } from "../runs/run_record.ts";
import { RunWriter, writeRecord } from "../runs/run_writer.ts";
import type { JointFigures } from "../training/joint_evaluation.ts";
import {
  type JointStart,
  openConfiguredTeacher,
  startJoint,
  trainJoint,
} from "../training/joint_run.ts";
import { execute, interruptible, UsageError, wholeNumber } from "./command.ts";
import { Progress } from "./progress.ts";

const help =
  `Trains a 360° depth model: labelled panoramas and a perspective teacher's pseudo labels, half and half.
With no flags: an embedded run that fits this machine, on rendered rooms and 14 real panoramas.

Usage: deno task train [--config F] [--set KEY=VALUE]...

  --config F           preset (embedded, paper, smoke) or JSON file of differences
  --student NAME       network to train (unifuse)
  --labeled SPEC       panoramas with depth, repeatable: rooms[@style=NAME][@split=train|val|test]
  --unlabeled SPEC     panoramas without, repeatable: panoramas[@split=...], folder:PATH[@masks=DIR]
  --teacher T          builtin, a .onnx file, or a hub name such as depth-anything-v2-small
  --steps N            total steps, also with --resume
  --batch-size N       panoramas of each kind in a step
  --height H           height of the student's input, a multiple of 64
  --seed N             decides data order, rotations, augmentation and first weights
  --out DIR            run folder (default runs/<student>-<date>)
  --resume DIR         go on with a run from its last checkpoint
  --overfit            freeze one batch with its rotation, augmentation and labels; for debugging
  --set KEY=VALUE      any key of the configuration, repeatable
  --help               this text and all keys

Examples:
  deno task train
  deno task train --unlabeled folder:~/panoramas --steps 20000
  deno task train --set rotation=none --out runs/without-rotation
  deno task train --resume runs/unifuse-2026-11-23-0900

Keys:
${configKeys().map(({ key, description }) => `  ${key.padEnd(22)} ${description}`).join("\n")}`;

const options = {
  config: { type: "string" },
  student: { type: "string" },
  labeled: { type: "string", multiple: true },
  unlabeled: { type: "string", multiple: true },
  teacher: { type: "string" },
  steps: { type: "string" },
  "batch-size": { type: "string" },
  height: { type: "string" },
  seed: { type: "string" },
  out: { type: "string" },
  resume: { type: "string" },
  overfit: { type: "boolean" },
  set: { type: "string", multiple: true },
} as const;

/** Values of the named flags as differences of the configuration. */
function flagDifferences(values: {
  student?: string;
  labeled?: string[];
  unlabeled?: string[];
  teacher?: string;
  steps?: string;
  "batch-size"?: string;
  height?: string;
  seed?: string;
  overfit?: boolean;
}): Differences {
  const number = (
    option: "steps" | "batch-size" | "height" | "seed",
    least = 1,
  ): number | undefined => {
    const text = values[option];
    return text === undefined ? undefined : wholeNumber(option, text, least);
  };
  const size = number("batch-size");
  return {
    student: { name: values.student },
    labeled: values.labeled,
    unlabeled: values.unlabeled,
    teacher: { model: values.teacher },
    steps: number("steps"),
    batch: { labeled: size, unlabeled: size },
    height: number("height"),
    seed: number("seed", 0),
    overfit: values.overfit,
  };
}

/** Wrong keys and values are wrong usage. */
async function configured(make: () => Promise<TrainConfig>): Promise<TrainConfig> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

function announce(
  gpu: Gpu,
  { learner, evaluation }: JointStart,
  teacher: string,
  folder: string,
): void {
  const { config, store, loader, plan } = learner;
  const software = gpu.kind === "cpu" ? ", a software adapter: slow, but the same results" : "";
  const lines = [
    `adapter   ${gpu.name}${software}; subgroups ${gpu.subgroups ? "yes" : "no"}`,
    `student   ${config.student.name}, width ${config.student.width}, ${store.count()} parameters, ` +
    `${config.height}x${2 * config.height}, ${(plan.flops / 1e9).toFixed(1)} GFLOP a step`,
    `labelled  ${config.batch.labeled} a step of ${
      config.labeled.join(", ")
    } (${styles.length} styles)`,
    `unlabelled ${config.batch.unlabeled} a step of ${config.unlabeled.join(", ")}` +
    (loader ? ` (${loader.size} panoramas)` : ""),
    `teacher   ${teacher}`,
    `held out  ${evaluation.rooms.length} rooms of other seeds, and the embedded panoramas that are not trained on`,
    `run       ${folder}, ${config.steps} steps, recipe ${config.recipe}, rotation ${config.rotation}`,
    `watch it  deno task serve --runs ${folder.replace(/\/[^/]*$/, "")}`,
  ];
  console.error(lines.join("\n"));
  const skipped = loader?.report ?? [];
  for (const { path, reason } of skipped) console.error(`Skipped "${path}": ${reason}`);
  if (skipped.length > 0) {
    console.error(`${skipped.length} files skipped, ${loader!.size} panoramas used`);
  }
}

function conclude(before: JointFigures, after: JointFigures): string {
  const lines = [
    "Held-out rooms, per image, then averaged:",
    scoreTable([["before", before.rooms.scores], ["after", after.rooms.scores]]),
  ];
  const { affine, constant } = after.rooms.scores.all!;
  lines.push(
    `AbsRel (affine) is ${
      (affine.absRel / constant.absRel).toFixed(2)
    } of the constant prediction's`,
  );
  if (before.pseudo && after.pseudo) {
    const row = (title: string, key: "train" | "heldOut"): string =>
      `${title}  ${before.pseudo![key].loss.toFixed(3)} -> ${after.pseudo![key].loss.toFixed(3)}`;
    lines.push("", "Pseudo-label loss over 8 fixed rotations (a flat prediction scores 1):");
    lines.push(row("training panoramas", "train"), row("held-out panoramas", "heldOut"));
    lines.push(
      `Jump across cube borders / inside faces, panoramas: ${
        before.pseudo.heldOut.seam.toFixed(2)
      } -> ` +
        after.pseudo.heldOut.seam.toFixed(2),
    );
  }
  return lines.join("\n");
}

const code = await execute({
  help,
  options,
  async run(values) {
    const { resume } = values;
    if (resume !== undefined && values.out !== undefined) {
      throw new UsageError("--resume goes on in its own folder: leave --out away");
    }
    const gpu = await openGpu();
    gpu.device.lost.then(({ reason, message }) => {
      if (reason === "destroyed") return;
      console.error(`The GPU was lost: ${message}; go on from the last checkpoint with --resume`);
      Deno.exit(1);
    });
    const record = resume === undefined ? undefined : await readRecord(resume);
    const flags = flagDifferences(values);
    const config = await configured(async () =>
      record
        ? parseConfig({
          ...record.config,
          ...(values.steps === undefined ? {} : { steps: flags.steps }),
        })
        : await loadConfig(values.config, {
          preset: defaultPreset(gpu.kind),
          flags,
          set: values.set,
        })
    );
    const checkpoint = resume === undefined ? undefined : await latestCheckpoint(resume);
    const teacher = await openConfiguredTeacher(gpu, config, (text) => console.error(text));
    const threads = teacher?.execution === "wasm" ? teacher.threads : 0;
    const start = await startJoint(gpu, config, teacher, checkpoint);
    const folder = resume ?? values.out ?? newRunFolder("runs", config.student.name);
    const facts = {
      name: folder.split("/").at(-1)!,
      config,
      adapter: { name: gpu.name, kind: gpu.kind, subgroups: gpu.subgroups },
      argv: Deno.args,
      teacherThreads: threads,
      kernels: {},
    };
    if (record) await writeRecord(folder, { ...record, config });
    using writer = record
      ? RunWriter.resume(folder, start.from)
      : await RunWriter.create(folder, await describeRun(facts));
    const where = teacher?.execution === "wasm" ? `wasm, ${threads} threads` : "WebGPU";
    announce(
      gpu,
      start,
      teacher ? `${teacher.name} at ${teacher.inputSize}x${teacher.inputSize}, ${where}` : "none",
      folder,
    );
    try {
      using progress = new Progress(config.steps, { from: start.from });
      const end = await trainJoint(start, { writer, progress, signal: interruptible() });
      writer.state(end.done, "finished");
      console.log(conclude(start.before, end.after));
      console.log(`\nrun folder     ${folder}`);
      if (end.sheet) console.log(`contact sheet  ${end.sheet}`);
      console.log(`checkpoint     ${end.checkpoint}`);
      if (end.stopped) {
        console.log(`Stopped at step ${end.done}; go on with: deno task train --resume ${folder}`);
      }
      return 0;
    } catch (error) {
      writer.state(start.from, "failed");
      throw error;
    } finally {
      await teacher?.close();
      start.evaluation.destroy();
      start.learner.close();
    }
  },
}, Deno.args);
Deno.exit(code);
