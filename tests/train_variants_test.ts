import { equal, ok, rejects } from "node:assert/strict";
import { sigmoid } from "../trainer/kernels/sigmoid.ts";
import { Layers } from "../trainer/models/layers.ts";
import { addStudent } from "../trainer/models/student.ts";
import { openStudentCheckpoint } from "../trainer/checkpoints/student_checkpoint.ts";
import { type Gpu, openGpu } from "../trainer/gpu/device.ts";
import { latestCheckpoint } from "../trainer/runs/run_reader.ts";
import { frozenBatch } from "./helpers/frozen_batch.ts";
import {
  ignoreWithoutTraining,
  readSeries,
  tinyConfig,
  workspaceTests,
} from "./helpers/tiny_training.ts";
import "./helpers/tiny_student.ts";
import { temporaryFolder } from "./helpers/temporary_folder.ts";

const need = ignoreWithoutTraining();
const test = workspaceTests(need);
const { loop, trainInProcess } = need.ignore
  ? {} as typeof import("./helpers/train_in_process.ts")
  : await import("./helpers/train_in_process.ts"); // sharp wants permissions to load
let opened: Promise<Gpu> | undefined;
const shared = () => opened ??= openGpu();

const VARIANTS: Record<string, { set: string[]; losses: string[] }> = {
  "without rotation": { set: ["rotation=none"], losses: ["labeled", "pseudo"] },
  "with one rotation a step": {
    set: ["rotationPer=step", "batch.unlabeled=2"],
    losses: ["labeled", "pseudo"],
  },
  "with a rotation an image": { set: ["batch.unlabeled=2"], losses: ["labeled", "pseudo"] },
  "by the released recipe": { set: ["recipe=released"], losses: ["labeled", "pseudo"] },
  "of faces cut from larger panoramas": {
    set: ["teacher.viewHeight=128"],
    losses: ["labeled", "pseudo"],
  },
  "with mixed precision, the batch in parts": {
    set: ["precision=mixed", "batch.labeled=2", "batch.unlabeled=2", "batch.parts=2"],
    losses: ["labeled", "pseudo"],
  },
  "on labelled panoramas alone": { set: ["batch.unlabeled=0"], losses: ["labeled"] },
  "on unlabelled panoramas alone": { set: ["batch.labeled=0"], losses: ["pseudo"] },
};

for (const [name, { set, losses }] of Object.entries(VARIANTS)) {
  test(`A training ${name} runs and records its losses`, async (workspace) => {
    const config = tinyConfig(workspace, ["student.name=tiny", "steps=3", ...set]);
    const folder = `${workspace.folder}/run`;
    await trainInProcess(await shared(), config, folder);
    const series = await readSeries(folder);
    const names = [...series.keys()].filter((key) => key.startsWith("loss/")).sort();
    equal(`${names}`, `${[...losses, "total"].map((loss) => `loss/${loss}`)}`);
    for (const key of [...names, "grad/norm", "optim/lr", "time/step"]) {
      const { steps, values } = series.get(key)!;
      equal(`${steps}`, "1,2,3");
      ok(values.every((value) => value > 0 && value < 100), `${key}: ${values}`);
    }
    const parts = losses.map((loss) => series.get(`loss/${loss}`)!.values[0]!);
    const total = 0.5 * parts.reduce((a, b) => a + b, 0); // each loss has its weight, alone too
    ok(Math.abs(total - series.get("loss/total")!.values[0]!) < 1e-6, `${total} of ${parts}`);
  });
}

addStudent({
  name: "normless",
  smallestHeight: 64,
  floatsPerPixel: () => 8,
  encoders: [],
  record(graph, image) {
    const layers = new Layers(graph);
    const x = layers.convElu("body", image, 8);
    return sigmoid(graph, layers.conv("head", x, 1, { kernel: 3, bias: true }));
  },
});

for (const rotationPer of ["step", "image"]) {
  test(`A batch in parts, one rotation a ${rotationPer}, has the losses of the whole batch where no norm sees the difference`, async (workspace) => {
    const train = async (parts: number) => {
      const batch = ["batch.labeled=2", "batch.unlabeled=4", `batch.parts=${parts}`];
      const set = ["student.name=normless", "steps=4", `rotationPer=${rotationPer}`, ...batch];
      const folder = `${workspace.folder}/${parts}`;
      return await trainInProcess(await shared(), tinyConfig(workspace, set), folder);
    };
    const [whole, parts] = [await train(1), await train(2)];
    equal(parts.losses.length, 4);
    parts.losses.forEach((loss, i) => {
      ok(Math.abs(loss - whole.losses[i]!) < 2e-5, `${parts.losses} is not ${whole.losses}`);
    });
    ok(parts.bytes < whole.bytes, `${parts.bytes} of ${whole.bytes} bytes`);
  });
}

test("A training with recompute has the same losses to the bit, in less memory", async (workspace) => {
  const train = async (recompute: boolean) => {
    const set = ["student.name=unifuse", "student.width=0.25", "steps=3"];
    const config = tinyConfig(workspace, [...set, `recompute=${recompute}`]);
    const { losses, bytes } = await trainInProcess(
      await shared(),
      config,
      `${workspace.folder}/${recompute}`,
    );
    return { losses, bytes };
  };
  const [kept, again] = [await train(false), await train(true)];
  equal(again.losses.length, 3);
  equal(`${again.losses}`, `${kept.losses}`);
  ok(again.bytes < 0.8 * kept.bytes, `${again.bytes} of ${kept.bytes} bytes`);
});

test("A student that is only a forward recording learns a frozen batch", async (workspace) => {
  const config = tinyConfig(workspace, [
    "student.name=tiny",
    "overfit=true",
    "steps=150",
    "logging.every=50",
    "checkpoint.every=150",
    "optim.lr=1e-2",
  ]);
  const { losses } = await trainInProcess(await shared(), config, `${workspace.folder}/run`);
  equal(losses.length, 150);
  // 889 weights reach 0.53 of the start; with a label of another batch or a gradient lost they stay above 0.8.
  ok(losses[149]! < 0.65 * losses[0]!, `${losses[0]} -> ${losses[149]}`);
});

test("A run that starts from a checkpoint has the loss that the checkpoint's run had", async (workspace) => {
  const frozen = ["student.name=tiny", "overfit=true", "steps=3"];
  const config = tinyConfig(workspace, [...frozen, "checkpoint.every=2"]);
  const whole = await trainInProcess(await shared(), config, `${workspace.folder}/whole`);
  const init = `${workspace.folder}/whole/checkpoints/step-00000002.safetensors`;
  const tuned = tinyConfig(workspace, [...frozen, `student.init=${init}`]);
  const next = await trainInProcess(await shared(), tuned, `${workspace.folder}/next`);
  equal(next.losses[0], whole.losses[2]);
  ok(next.losses[0] !== whole.losses[0]);

  using checkpoint = await openStudentCheckpoint(init);
  equal(checkpoint.student.name, "tiny");
  equal(checkpoint.height, config.height);
});

Deno.test({
  name:
    "A run ends at the first number that is not finite: it names the tensor and keeps the last " +
    "good checkpoint" + need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const batch = await frozenBatch(await shared(), ["student.name=tiny"]);
    const poisoned = {
      ...batch,
      feed(step: number) {
        if (step === 5) batch.store.set("head.weight", new Float32Array(72).fill(NaN));
      },
    };
    const times = { steps: 20, logging: { every: 2, media: 0 }, checkpoint: { every: 4, keep: 2 } };
    await rejects(
      loop(poisoned, times, `${folder}/run`),
      /Cannot go on after step 5: a number is not finite, first in "head\.weight" of conv2d forward head\.weight \(.*loss\/total NaN.*last checkpoint is from before/,
    );
    equal((await latestCheckpoint(`${folder}/run`)).step, 4);
    const values = await batch.store.getAll("values");
    for (const [name, data] of values) {
      if (name !== "head.weight") ok(data.every(Number.isFinite), `${name} took no NaN`);
    }
    const losses = (await readSeries(`${folder}/run`)).get("loss/total")!;
    equal(losses.steps.at(-1), 5);
    batch.close();
  },
});

test("A step size out of all bounds ends the run and names the first bad tensor", async (workspace) => {
  const config = tinyConfig(workspace, ["student.name=tiny", "optim.lr=1e38", "steps=20"]);
  const run = trainInProcess(await shared(), config, `${workspace.folder}/run`);
  await rejects(run, /Cannot go on after step \d+: a number is not finite, first in "/);
});
