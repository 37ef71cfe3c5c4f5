/**
 * `deno task teacher`: trains the embedded teacher, and exports it.
 *
 * @module
 */
import { openTeacher } from "@depth-anywhere/teacher";
import { styles } from "../data/rooms/rooms.ts";
import {
  type FaceSet,
  perspectivePredictor,
  scoreFaces,
  teacherPredictor,
} from "../evaluation/faces.ts";
import { scoreTable, scoreValues } from "../evaluation/scores.ts";
import { readOnnxWeights } from "../formats/onnx_weights.ts";
import { perspectiveOnnx } from "../formats/perspective_onnx.ts";
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { openGpu } from "../gpu/device.ts";
import { newRunFolder } from "../runs/run_name.ts";
import { latestCheckpoint, readRecord } from "../runs/run_reader.ts";
import { describeRun } from "../runs/run_record.ts";
import { RunWriter } from "../runs/run_writer.ts";
import { loadCheckpoint } from "../training/checkpoint.ts";
import { perspectiveLearner } from "../training/perspective_run.ts";
import { runLoop } from "../training/run_loop.ts";
import { execute, interruptible, UsageError, wholeNumber } from "./command.ts";
import { Progress } from "./progress.ts";

const help =
  `Trains the embedded teacher: a small perspective depth network on rendered faces of all styles.

Usage: deno task teacher [--steps N] [--out DIR] [--resume DIR]

  --steps N     training steps in total (default 12000)
  --batch N     faces in a step (default 12)
  --lr X        highest step size (default 1e-3), falling to 0 along a cosine
  --width X     channel multiplier of the ResNet-18 encoder (default 0.5)
  --size N      pixels along a face, a multiple of 32 (default 96)
  --seed N      decides scenes, cameras and first weights (default 0)
  --out DIR     run folder (default runs/teacher-<date>)
  --resume DIR  go on with a run from its last checkpoint
  --init FILE   first weights from a network written by --onnx, instead of random ones
  --onnx FILE   write the network there at the end, weights as f16
  --measure T   train nothing: measure a teacher (builtin, a .onnx file) on faces of the test split
  --faces N     with --measure: faces of each style (default 48)

Examples:
  deno task teacher --onnx teacher/weights/builtin.onnx
  deno task teacher --resume runs/teacher-2026-11-23-0500 --steps 8000
  deno task teacher --measure builtin`;

const options = {
  steps: { type: "string" },
  batch: { type: "string" },
  lr: { type: "string" },
  width: { type: "string" },
  size: { type: "string" },
  seed: { type: "string" },
  out: { type: "string" },
  resume: { type: "string" },
  init: { type: "string" },
  onnx: { type: "string" },
  measure: { type: "string" },
  faces: { type: "string" },
} as const;

/** What decides a teacher's training. */
interface TeacherConfig {
  readonly steps: number;
  readonly batch: number;
  readonly lr: number;
  readonly width: number;
  readonly size: number;
  readonly seed: number;
}

/** A finite number above 0 given as text. */
function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) {
    throw new UsageError(`--${option} is "${text}": expected a number above 0`);
  }
  return value;
}

/** Score a teacher on rendered faces of the test split. */
async function measureTeacher(model: string, perStyle: number): Promise<number> {
  const gpu = await openGpu();
  const teacher = await openTeacher({ model });
  const set: FaceSet = { seed: 1, split: "test", perStyle, styles, size: teacher.inputSize };
  const scores = await scoreFaces(gpu, set, teacherPredictor(teacher));
  console.log(
    `${teacher.name}, sha256 ${
      teacher.sha256.slice(0, 12)
    }, zDepth of ${set.size}x${set.size} faces, test split`,
  );
  console.log(scoreTable([[teacher.name.split("/").at(-1)!, scores]]));
  await teacher.close();
  return 0;
}

const code = await execute({
  help,
  options,
  async run(values) {
    if (values.measure !== undefined) {
      return await measureTeacher(values.measure, wholeNumber("faces", values.faces ?? "48", 2));
    }
    const resumed = values.resume === undefined
      ? undefined
      : (await readRecord(values.resume)).config as unknown as TeacherConfig;
    const config: TeacherConfig = {
      steps: values.steps === undefined
        ? resumed?.steps ?? 12000
        : wholeNumber("steps", values.steps, 1),
      batch: values.batch === undefined
        ? resumed?.batch ?? 12
        : wholeNumber("batch", values.batch, 1),
      lr: values.lr === undefined ? resumed?.lr ?? 1e-3 : positive("lr", values.lr),
      width: values.width === undefined ? resumed?.width ?? 0.5 : positive("width", values.width),
      size: values.size === undefined ? resumed?.size ?? 96 : wholeNumber("size", values.size, 32),
      seed: values.seed === undefined ? resumed?.seed ?? 0 : wholeNumber("seed", values.seed),
    };
    if (config.size % 32 !== 0) {
      throw new UsageError(`--size is "${config.size}": expected a multiple of 32`);
    }
    const gpu = await openGpu();
    const { steps, batch, lr, width, size, seed } = config;
    const optim = {
      name: "adam",
      lr,
      schedule: "cosine",
      warmup: 100,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      clip: 1,
    } as const;
    const log = 10;
    const learner = await perspectiveLearner(gpu, { width, size, batch, optim, steps, seed }, log);
    const checkpoint = values.resume === undefined
      ? undefined
      : await latestCheckpoint(values.resume);
    if (values.init !== undefined) {
      for (
        const [name, { data }] of readOnnxWeights(await Deno.readFile(values.init), values.init)
      ) {
        learner.store.set(name, data);
      }
    }
    if (checkpoint) await loadCheckpoint(checkpoint.path, learner.store, { optimizer: true });
    const from = checkpoint?.step ?? 0;
    const folder = values.resume ?? values.out ?? newRunFolder("runs", "teacher");
    using writer = values.resume === undefined
      ? await RunWriter.create(
        folder,
        await describeRun({
          name: folder.split("/").at(-1)!,
          config,
          adapter: { name: gpu.name, kind: gpu.kind, subgroups: gpu.subgroups },
          argv: Deno.args,
          teacherThreads: 0,
          kernels: {},
        }),
      )
      : RunWriter.resume(folder, from);
    console.error(
      `Training the perspective network (${learner.store.count()} parameters) on ${gpu.name}: ` +
        `steps ${from} to ${steps}, ${batch} faces of ${size}x${size}, ${styles.length} styles; run folder ${folder}`,
    );
    const predict = await perspectivePredictor(gpu, learner.store, { width, size, batch });
    const faces = (perStyle: number): FaceSet => ({
      seed: 1,
      split: "val",
      perStyle,
      styles,
      size,
    });
    let score = await scoreFaces(gpu, faces(8), predict);
    using progress = new Progress(steps, { from });
    const end = await runLoop(
      learner,
      { from, steps, log, checkpoint: 100, keep: 2, evaluate: 500, media: 0 },
      {
        async evaluate() {
          score = await scoreFaces(gpu, faces(8), predict);
          const { affine, constant } = score.all!;
          progress.log(
            `held-out faces: δ1 ${affine.delta1.toFixed(3)} AbsRel ${affine.absRel.toFixed(3)} ` +
              `(constant ${constant.delta1.toFixed(3)}, ${constant.absRel.toFixed(3)})`,
          );
          return scoreValues("faces", score);
        },
        draw: () => Promise.resolve(),
      },
      { writer, progress, signal: interruptible() },
    );
    writer.state(end.done, end.stopped ? "stopped" : "finished");
    console.log(`Checkpoint ${end.checkpoint}`);
    if (values.onnx !== undefined) {
      const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
      for (const flat of ["values", "states"] as const) {
        for (const [name, data] of await learner.store.getAll(flat)) {
          weights.set(name, { shape: learner.store.shape(name), data });
        }
      }
      const metadata = {
        steps: `${end.done}`,
        faces: `${end.done * batch}`,
        width: `${width}`,
        seed: `${seed}`,
      };
      await writeFileAtomic(
        values.onnx,
        perspectiveOnnx(weights, { size, stored: "f16", metadata }),
      );
      console.log(`Network ${values.onnx}`);
    }
    return 0;
  },
}, Deno.args);
Deno.exit(code);
