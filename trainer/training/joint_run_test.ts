import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { WasmTeacher } from "@depth-anywhere/teacher";
import { redTeacher } from "../../tests/helpers/red_teacher.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { folderTests } from "../../tests/helpers/temporary_folder.ts";
import {
  ignoreWithoutTraining,
  tinyConfig,
  workspaceTests,
} from "../../tests/helpers/tiny_training.ts";
import "../../tests/helpers/tiny_student.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { SkippedFile } from "../data/panorama_source.ts";
import { writeSafetensors } from "../formats/safetensors_file.ts";
import type { Gpu } from "../gpu/device.ts";
import { Progress } from "../runs/progress.ts";
import { RunReader } from "../runs/run_reader.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { RunWriter } from "../runs/run_writer.ts";
import type { JointStart } from "./joint_run.ts";

const need = ignoreWithoutTraining();
const test = workspaceTests(need);
const inFolder = folderTests(need);
const { openConfiguredTeacher, startJoint, trainJoint } = need.ignore
  ? {} as typeof import("./joint_run.ts")
  : await import("./joint_run.ts"); // sharp wants permissions to load

test("teacher.size is the side of the teacher's faces, and 0 leaves it to the model", async (workspace) => {
  const software = { kind: "cpu" } as Gpu;
  const sizeOf = async (set: string[]): Promise<number> => {
    const teacher = await openConfiguredTeacher(software, tinyConfig(workspace, set));
    await teacher!.close();
    return teacher!.inputSize;
  };
  equal(await sizeOf([]), 32);
  equal(await sizeOf(["teacher.size=40"]), 40);
  await rejects(sizeOf(["teacher.size=44"]), /the nearest are 40 and 48/);
});

Deno.test({
  name: "startJoint() says what a training can do about too little memory" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const gpu = await testGpu();
    const limits = { ...gpu.limits, maxStorageBufferBindingSize: 2 ** 18, maxBufferSize: 2 ** 18 };
    const set = ["batch.unlabeled=0", "batch.labeled=2", "student.init=random"];
    await rejects(
      startJoint({ ...gpu, limits }, resolveConfig({ preset: "smoke", set }), undefined, {}),
      /^RangeError: Cannot bind ".+" of \d+ bytes: this adapter binds at most 262144; train the batch in more parts with --set batch\.parts=2, keep fewer maps with --recompute, lower --batch-size or lower student\.width$/,
    );
  },
});

test("startJoint() looks at the checkpoint before it waits for the labels", async (workspace) => {
  const config = tinyConfig(workspace, ["student.name=tiny"]);
  const path = `${workspace.folder}/step-3.safetensors`;
  const label = () => Promise.reject(new Error("the labels were waited for"));
  const failing: WasmTeacher = { ...redTeacher(32), label };
  const start = async () =>
    await startJoint(await testGpu(), config, failing, { checkpoint: { path, step: 3 } });
  await writeSafetensors(path, [["head.weight", { shape: [1], data: new Float32Array(1) }]]);
  await rejects(
    start(),
    /^RangeError: Cannot load ".*step-3.*none named "encoder\.conv\.weight"/,
  );
  await Deno.truncate(path, 20);
  await rejects(start(), /^SyntaxError: .*step-3\.safetensors/);
});

test("evaluation.panoramas = 0 leaves the teacher to the training", async (workspace) => {
  const set = ["student.name=tiny", "evaluation.panoramas=0", "evaluation.styles=hall"];
  const told: number[] = [];
  const config = tinyConfig(workspace, set);
  const { learner, evaluation, before } = await startJoint(
    await testGpu(),
    config,
    redTeacher(32),
    { onLabeled: (done) => told.push(done) },
  );
  deepEqual([told, before.pseudo], [[], undefined]);
  equal(evaluation.rooms.length, config.evaluation.images);
  await learner.close();
  evaluation.destroy();
});

test("the preset smoke has a few faces labelled before its first step", async (workspace) => {
  const totals: number[] = [];
  const { learner, evaluation, before } = await startJoint(
    await testGpu(),
    tinyConfig(workspace, ["student.name=tiny", "evaluation.styles=hall"]),
    redTeacher(32),
    { onLabeled: (_, total) => totals.push(total) },
  );
  equal(totals.at(-1), 2 * 2 * 6); // one panorama of the run's and one held out, each under two rotations
  ok(before.pseudo);
  await learner.close();
  evaluation.destroy();
});

/** A run of nine steps that meets a bad file in the step after the seventh. @param loss of every step */
function startSkipping(loss = 1): JointStart {
  const loader = {
    report: [{ path: "a.jpg", reason: "it is black everywhere" }],
    onSkip: (_: SkippedFile) => {},
  };
  const metrics = { absRel: 0.5 };
  const all = { affine: metrics, median: metrics, constant: metrics };
  const figures = { rooms: { scores: { all } } };
  const learner = {
    config: {
      steps: 9,
      optim: { lr: 0.5, clip: 0 },
      logging: { every: 100, media: 0 },
      checkpoint: { every: 100, keep: 1 },
      evaluation: { every: 0 },
    },
    loader,
    store: { getAll: () => Promise.resolve(new Map()) },
    plan: { run() {}, paced() {}, trace: () => Promise.resolve(undefined) },
    optimisation: {
      before() {},
      after: (_: unknown, steps: number[]) =>
        Promise.resolve(steps.map((step) => ({ step, values: { "loss/total": loss } }))),
    },
    feed(step: number) {
      if (step === 7) loader.onSkip({ path: "b.jpg", reason: "it is cut off" });
    },
  };
  const evaluation = { measure: () => Promise.resolve(figures) };
  return { learner, evaluation, from: 5, before: figures, beforeStep: 0 } as unknown as JointStart;
}

inFolder(
  "trainJoint() tells of each skipped file in the run folder, at the step that met it",
  async (parent) => {
    const folder = `${parent}/run`;
    using writer = await RunWriter.create(folder, {} as RunRecord);
    using progress = new Progress(9, { terminal: false, write: () => {} });
    await trainJoint(startSkipping(), { writer, progress });
    const reader = new RunReader(folder);
    await reader.refresh();
    deepEqual(reader.history.alerts.map(({ step, text }) => [step, text]), [
      [5, 'Skipped "a.jpg": it is black everywhere'],
      [7, 'Skipped "b.jpg": it is cut off'],
    ]);
  },
);

inFolder("trainJoint() says how a run whose numbers ran away goes on", async (folder) => {
  using writer = await RunWriter.create(`${folder}/run`, {} as RunRecord);
  using progress = new Progress(9, { terminal: false, write: () => {} });
  await rejects(
    trainJoint(startSkipping(NaN), { writer, progress }),
    /try deno task train --resume .*\/run --set optim\.lr=0\.125 --set optim\.clip=1$/,
  );
});
