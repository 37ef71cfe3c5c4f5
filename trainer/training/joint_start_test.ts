import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { WasmTeacher } from "@depth-anywhere/teacher";
import { redTeacher } from "../../tests/helpers/red_teacher.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import {
  ignoreWithoutTraining,
  tinyConfig,
  workspaceTests,
} from "../../tests/helpers/tiny_training.ts";
import "../../tests/helpers/tiny_student.ts";
import { resolveConfig } from "../config/resolve.ts";
import { writeSafetensors } from "../formats/safetensors_file.ts";
import type { Gpu } from "../gpu/device.ts";
import { openConfiguredTeacher } from "./configured_teacher.ts";

const need = ignoreWithoutTraining();
const test = workspaceTests(need);
const { startJoint } = need.ignore
  ? {} as typeof import("./joint_start.ts")
  : await import("./joint_start.ts"); // sharp wants permissions to load

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

test("startJoint() looks at the checkpoint", async (workspace) => {
  const config = tinyConfig(workspace, ["student.name=tiny"]);
  const path = `${workspace.folder}/step-3.safetensors`;
  const start = async () =>
    await startJoint(await testGpu(), config, redTeacher(32), { checkpoint: { path, step: 3 } });
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
  const config = tinyConfig(workspace, set);
  const start = await startJoint(await testGpu(), config, redTeacher(32), {});
  const evaluation = await start.evaluation.opened();
  deepEqual([evaluation.faces.all, (await start.evaluation.measured()).pseudo], [0, undefined]);
  equal(evaluation.rooms.length, config.evaluation.images);
  await start.close();
});

test("the preset smoke has a few faces labelled for its figures", async (workspace) => {
  const config = tinyConfig(workspace, ["student.name=tiny", "evaluation.styles=hall"]);
  const start = await startJoint(await testGpu(), config, redTeacher(32), {});
  ok((await start.evaluation.measured()).pseudo);
  const all = 2 * 2 * 6; // one panorama of the run's and one held out, each under two rotations
  deepEqual((await start.evaluation.opened()).faces, { labelled: all, all });
  await start.close();
});

test("JointStart.close() stops the teacher, whose answers are not waited for", async (workspace) => {
  let asked = 0;
  const label: WasmTeacher["label"] = (faces, count) => {
    asked++;
    return redTeacher(32).label(faces, count);
  };
  const set = ["student.name=tiny", "evaluation.styles=hall", "evaluation.rotations=50"];
  const config = tinyConfig(workspace, set);
  const start = await startJoint(await testGpu(), config, { ...redTeacher(32), label }, {});
  const { faces } = await start.evaluation.opened();
  await start.close();
  const then = asked;
  ok(then < faces.all / 12, `${then} of ${faces.all}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  equal(asked, then);
});
