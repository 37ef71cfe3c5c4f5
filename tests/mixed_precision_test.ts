import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Graph, type Precision } from "../trainer/gpu/graph.ts";
import { ParameterStore } from "../trainer/gpu/parameters.ts";
import { initialise } from "../trainer/models/initialise.ts";
import { findStudent } from "../trainer/models/student.ts";
import { latestCheckpoint } from "../trainer/runs/run_reader.ts";
import { restore } from "../trainer/training/run_loop.ts";
import { fill } from "./helpers/fill.ts";
import { frozenBatch } from "./helpers/frozen_batch.ts";
import { padChannels } from "./helpers/padding.ts";
import { testGpu } from "./helpers/run_op.ts";
import { folderTests } from "./helpers/temporary_folder.ts";
import { ignoreWithoutTraining, readSeries } from "./helpers/tiny_training.ts";
import "./helpers/tiny_student.ts";

const gpu = await testGpu();
const training = ignoreWithoutTraining();
const { loop } = training.ignore
  ? {} as typeof import("./helpers/train_in_process.ts")
  : await import("./helpers/train_in_process.ts"); // sharp wants permissions to load
const need = gpu.f16
  ? training
  : { ignore: true, suffix: " (skipped: the adapter has no shader-f16)" };

const test = folderTests(need);

const unifuse = ["student.name=unifuse", "student.width=0.25"];
const tiny = ["student.name=tiny", "precision=mixed"];
const times = { steps: 4, logging: { every: 2, media: 0 }, checkpoint: { every: 9, keep: 9 } };

function length(x: readonly number[]): number {
  return Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));
}

/** Gradients of all weights for a gradient of the prediction that is the same for both precisions. */
async function gradients(precision: Precision): Promise<number[]> {
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train", { precision });
  const image = graph.input("image", [2, 64, 128, 3]);
  const student = findStudent("unifuse");
  const output = student.record(graph, image, { width: 0.25 });
  const upstream = padChannels(fill("mixed upstream", output.shape, 0, 1).data, output.shape);
  graph.differentiateFrom([{ tensor: output, gradient: graph.constant("upstream", upstream) }]);
  const plan = await graph.build();
  initialise(store, 7, student.encoders);
  plan.write(image, padChannels(fill("mixed image", image.shape).data, image.shape));
  plan.run();
  const all = [...(await store.getAll("gradients")).values()].flatMap((data) => [...data]);
  plan.destroy();
  store.destroy();
  return all;
}

test("UniFuse has nearly the same gradients with mixed precision", async () => {
  const [whole, mixed] = [await gradients("f32"), await gradients("mixed")];
  const distance = length(mixed.map((v, i) => v - whole[i]!)) / length(whole);
  // A rounding of 2^-11 turns as large a part of the ReLUs over, which is 2 % of a gradient's length in each of their layers.
  ok(distance > 1e-4 && distance < 0.1, `${distance} of the gradient's length`);
});

/** Losses of thirty steps on a batch that stands still. */
async function thirtySteps(set: readonly string[]): Promise<{ losses: number[]; bytes: number }> {
  const batch = await frozenBatch(gpu, [...unifuse, ...set]);
  const losses: number[] = [];
  for (let step = 0; step < 30; step++) losses.push(await batch.loss(step));
  const { bytes } = batch.plan;
  batch.close();
  return { losses, bytes };
}

test("UniFuse learns a batch as fast with mixed precision, in less memory", async () => {
  const [whole, mixed] = [await thirtySteps([]), await thirtySteps(["precision=mixed"])];
  const late = ({ losses }: typeof whole): number =>
    losses.slice(20).reduce((sum, loss) => sum + loss, 0) / 10;
  ok(Math.abs(mixed.losses[0]! / whole.losses[0]! - 1) < 1e-3, "the first loss");
  const [want, got] = [late(whole), late(mixed)];
  ok(want < 0.8 * whole.losses[0]!, `f32 learns: ${whole.losses[0]} -> ${want}`);
  // Such runs are chaotic: weights of f32 that differ by 1e-4 from the start end from 2 % below to 10 % above this one.
  ok(Math.abs(got / want - 1) < 0.1, `${got}, with f32 ${want}`);
  ok(mixed.bytes < 0.72 * whole.bytes, `${mixed.bytes} of ${whole.bytes} bytes`);
});

test("Mixed precision with recompute has the same losses to the bit, in less memory", async () => {
  const run = async (recompute: boolean) => {
    const batch = await frozenBatch(gpu, [
      ...unifuse,
      "precision=mixed",
      `recompute=${recompute}`,
    ]);
    const losses = [await batch.loss(0), await batch.loss(1)];
    const { bytes } = batch.plan;
    batch.close();
    return { losses, bytes };
  };
  const [kept, again] = [await run(false), await run(true)];
  deepEqual(again.losses, kept.losses);
  ok(again.bytes < 0.9 * kept.bytes, `${again.bytes} of ${kept.bytes}`);
});

test("A scale at which gradients overflow is halved step by step, and the weights wait for it", async (folder) => {
  const batch = await frozenBatch(gpu, tiny);
  const first = await batch.store.getAll("values");
  batch.plan.write(batch.optimisation.lossScale!, Float32Array.of(2 ** 40, 0));
  await loop(batch, { ...times, steps: 3 }, `${folder}/skipped`);
  deepEqual(await batch.store.getAll("values"), first);
  await loop(batch, { ...times, steps: 40 }, `${folder}/run`);
  batch.close();

  const skipped = await readSeries(`${folder}/skipped`);
  deepEqual(skipped.get("optim/scale")!.values, [2 ** 39, 2 ** 38, 2 ** 37]);
  equal(skipped.get("grad/norm"), undefined);
  const series = await readSeries(`${folder}/run`);
  const { steps } = series.get("grad/norm")!; // of steps that moved the weights
  const { values: scales } = series.get("optim/scale")!;
  ok(steps[0]! > 1 && steps.length > 10, `${steps}`);
  equal(scales.at(-1), scales[0]! / 2 ** (steps[0]! - 2));
  const { values: losses } = series.get("loss/total")!;
  const waiting = losses.slice(0, steps[0]!);
  ok(waiting.every((loss) => loss === losses[0]), "the loss stands still");
  ok(losses.at(-1)! < 0.99 * losses[0]!, `${losses[0]} -> ${losses.at(-1)}`);
});

test("A run with mixed precision goes on to the bit from its checkpoint, the scale included", async (folder) => {
  const open = async () => await frozenBatch(gpu, tiny);
  const [whole, start, rest] = [await open(), await open(), await open()];
  for (const batch of [whole, start]) {
    batch.plan.write(batch.optimisation.lossScale!, Float32Array.of(2 ** 10, 1997));
  }
  await loop(whole, times, `${folder}/whole`);
  await loop(start, { ...times, steps: 2 }, `${folder}/parts`);
  await loop(rest, times, `${folder}/parts`, { resume: true });
  for (const flat of ["values", "states", "m", "v"] as const) {
    deepEqual(await rest.store.getAll(flat), await whole.store.getAll(flat));
  }
  for (const batch of [whole, rest]) { // doubled in the third step
    deepEqual([...await batch.plan.read(batch.optimisation.lossScale!)], [2 ** 11, 1]);
  }
  const plain = await frozenBatch(gpu, ["student.name=tiny"]);
  await loop(plain, { ...times, steps: 1 }, `${folder}/plain`);
  const { path } = await latestCheckpoint(`${folder}/plain`);
  await rejects(restore(rest, path), /^RangeError: Cannot go on from ".*" with mixed precision/);
  for (const batch of [whole, start, rest, plain]) batch.close();
});
