/**
 * `deno task teacher`: trains the embedded teacher, exports it, and measures teachers.
 *
 * @module
 */
import { openTeacher } from "@depth-anywhere/teacher";
import { asCalled } from "../as_called.ts";
import { styles } from "../data/rooms/rooms.ts";
import { type FaceSet, scoreFaces, teacherPredictor } from "../evaluation/faces.ts";
import { scoreTable } from "../evaluation/scores.ts";
import { folderPath } from "../formats/folder_path.ts";
import { openGpu } from "../gpu/device.ts";
import { withMemoryAdvice } from "../gpu/memory_error.ts";
import { nameLatest } from "../runs/checkpoint_files.ts";
import { Progress } from "../runs/progress.ts";
import { RunClaim } from "../runs/run_name.ts";
import { readRecord } from "../runs/run_reader.ts";
import { describeRun, writeRecord } from "../runs/run_record.ts";
import { checkSameRun } from "../runs/same_run.ts";
import { RunWriter } from "../runs/run_writer.ts";
import {
  exportPerspective,
  openPerspective,
  type TeacherConfig,
  trainPerspective,
} from "../training/perspective_run.ts";
import { execute, UsageError, wholeNumber } from "./command.ts";
import { endWithout, lockNamed } from "./run_ends.ts";
import { StopSignals } from "./stop_signals.ts";
import { teacherConfig, teacherOptions } from "./teacher_arguments.ts";

const help =
  `Trains the embedded teacher: a small perspective depth network on rendered faces of all styles.

Usage: deno task teacher [--steps N] [--out DIR] [--resume RUN]

  --steps N     training steps in total (default 12000, four hours on two cores); the step size falls to 0 along a
                cosine
  --batch N     faces in a step (default 32)
  --lr X        highest step size (default 2e-3); may change with --resume
  --width X     channel multiplier of the ResNet-18 encoder (default 0.5)
  --size N      pixels along a face, a multiple of 32 (default 64); with --measure: the model's own
  --seed N      decides scenes, cameras and first weights (default 0)
  --init FILE   first weights from a network written by --onnx, instead of random ones; one of less
                width is widened without changing what it computes
  --out DIR     run folder (default runs/teacher-<date>)
  --resume RUN  go on with a run from its last checkpoint, or from the named one of its checkpoints
  --onnx FILE   write the network there after the last step, weights as f16
  --measure T   train nothing: measure a teacher (builtin, a .onnx file) on faces of the test split
  --faces N     with --measure: faces of each style (default 48)
  --json        with --measure: the figures as JSON

Examples:
  deno task teacher --onnx first.onnx
  deno task teacher --init first.onnx --lr 1e-3 --seed 1 --steps 4000 --onnx second.onnx
  deno task teacher --resume runs/teacher-2026-11-23-0500
  deno task teacher --measure builtin`;

/** Score a teacher on rendered faces of the test split. */
async function measureTeacher(
  model: string,
  wanted: number | undefined,
  perStyle: number,
  json: boolean,
): Promise<number> {
  const gpu = await openGpu();
  const teacher = await openTeacher({ model, ...(wanted !== undefined && { size: wanted }) });
  const { name, sha256, inputSize: size } = teacher;
  const set: FaceSet = { seed: 1, split: "test", perStyle, styles, size };
  const scores = await scoreFaces(gpu, set, teacherPredictor(teacher));
  await teacher.close();
  if (json) console.log(JSON.stringify({ name, sha256, size, scores }, undefined, 2));
  else {
    console.log(
      `${name}, sha256 ${sha256.slice(0, 12)}, zDepth of ${size}x${size} faces, test split`,
    );
    console.log(scoreTable([[name.split("/").at(-1)!, scores]]));
  }
  return 0;
}

const code = await execute({
  help,
  options: teacherOptions,
  async run(values) {
    if (values.measure !== undefined) {
      const perStyle = wholeNumber("faces", values.faces ?? "48", 2);
      const size = values.size === undefined ? undefined : wholeNumber("size", values.size, 1);
      return await measureTeacher(values.measure, size, perStyle, values.json === true);
    }
    const { resume } = values;
    if (resume !== undefined && values.out !== undefined) {
      throw new UsageError("--resume goes on in its own folder: leave --out away");
    }
    const run: { writer?: RunWriter; claim?: RunClaim | undefined } = {};
    using signals = new StopSignals(() => run.claim?.[Symbol.dispose]());
    using lock = resume === undefined ? undefined : await lockNamed(resume);
    const record = lock && await readRecord<TeacherConfig>(lock.folder);
    if (record && record.config.size === undefined) {
      throw new Error(
        `Cannot resume "${
          lock!.folder
        }" as it is no teacher's run: go on with deno task train --resume`,
      );
    }
    const checkpoint = lock?.checkpoint;
    const config = teacherConfig(values, record?.config);
    const from = checkpoint?.step ?? 0;
    const gpu = await openGpu();
    endWithout(gpu, run);
    const learner = await withMemoryAdvice(
      "lower --batch, --size or --width",
      () => openPerspective(gpu, config, checkpoint),
    );
    const named = lock?.folder ?? (values.out && folderPath(values.out));
    using claim = named ? undefined : RunClaim.take("runs", "teacher");
    run.claim = claim;
    const folder = named || claim!.folder;
    const now = await describeRun({
      name: folder.split("/").at(-1)!,
      config,
      adapter: { name: gpu.name, kind: gpu.kind, subgroups: gpu.subgroups },
      argv: Deno.args,
      teacherThreads: 0,
    });
    using writer = lock ? RunWriter.resume(lock, from) : await RunWriter.create(folder, now);
    run.writer = writer;
    const differs = record ? checkSameRun(folder, record, now) : [];
    if (record && record.config.lr !== config.lr) {
      differs.push(
        `From step ${from} on the step size is ${config.lr}; it was ${record.config.lr}`,
      );
    }
    for (const text of differs) {
      console.error(text);
      writer.alert(from, "warn", text);
    }
    if (record) {
      await nameLatest(folder, checkpoint!.step); // it may be an older one
      await writeRecord(folder, { ...record, config });
    }
    const { steps, batch, size } = config;
    console.error(
      `Training the perspective network (${learner.store.count()} parameters) on ${gpu.name}: ` +
        `steps ${from} to ${steps}, ${batch} faces of ${size}x${size}, ${styles.length} styles; run folder ${folder}`,
    );
    using progress = new Progress(steps, { from });
    const { done, stopped, checkpoint: last } = await trainPerspective(
      gpu,
      config,
      learner,
      from,
      { writer, progress, signal: signals.afterStep() },
    );
    if (!stopped) writer.state(done, "finished");
    if (last) console.log(`checkpoint     ${last}`);
    if (values.onnx !== undefined && !stopped) {
      await exportPerspective(learner.store, config, done, values.onnx);
      console.log(`network        ${values.onnx}`);
    }
    if (stopped) {
      const onnx = values.onnx === undefined ? "" : ` --onnx ${values.onnx}`;
      if (onnx) console.log(`network        not written: ${values.onnx} is as it was`);
      const again = asCalled(`deno task teacher --resume ${folder}${onnx}`);
      console.log(`Stopped at step ${done}; go on with: ${again}`);
    }
    return 0;
  },
}, Deno.args);
Deno.exit(code);
