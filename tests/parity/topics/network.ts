/**
 * Topics 7 and 8: UniFuse and BiFuse++, forward, backward and three optimiser steps, on the GPU.
 *
 * @module
 */
import type { Tensor } from "../../../trainer/gpu/graph.ts";
import { type CaseRun, type Check, compare, exact } from "../check.ts";
import { fillUniform } from "../fill_rule.ts";
import { newGraph, readTensor, toNchw, toNhwc, writeTensor } from "../gpu_graph.ts";
import { type ImageInput, imageInput } from "../inputs.ts";
import type { Case, FileEntry, Reading, TopicFolder } from "../reference.ts";
import { normalise } from "../smooth_panorama.ts";
import { absoluteError, type Summaries, WorstRow } from "../summary.ts";
import {
  compareGradients,
  fillStore,
  type NetworkChoice,
  recordNetwork,
  tolerancesOf,
} from "../networks.ts";
import { gradientsInNoise } from "./gradient_noise.ts";
import { runTraining, type TrainingRun } from "./network_training.ts";

/** A case of the topic. */
export interface NetworkCase extends Case, NetworkChoice {
  readonly H: number;
  readonly W: number;
  readonly weights_seed: string;
  readonly filled_entries?: number;
  readonly trainable_parameters?: number;
  readonly inputs: { readonly rgb: ImageInput };
  readonly eval?: { readonly image?: number };
  readonly train?: readonly TrainingRun[];
  readonly train_step1?: { readonly loss: number };
}

/** Runs every case: evaluation first, then what else the case lists files for. */
export function* network(topic: TopicFolder): Generator<CaseRun> {
  type Part = (topic: TopicFolder, c: NetworkCase, images: Reading) => Promise<Check[]>;
  for (const c of topic.cases<NetworkCase>()) {
    const part = (name: string, run: Part): CaseRun => ({
      id: `${c.id} ${name}`,
      run: async () => ({ checks: await run(topic, c, await imagesOf(topic, c)) }),
    });
    yield part("eval", evaluation);
    if (c.files?.eval_output_u8) yield part("eval_u8", fromBytes);
    if (c.files?.grads_eval_linear) yield part("grads_eval_linear", linearGradient);
    const [first] = c.train ?? [];
    if (first && c.files?.grads) {
      yield {
        id: `${c.id} gradients`,
        run: async () => await gradientsInNoise(topic, c, first, await imagesOf(topic, c)),
      };
    }
    for (const steps of c.train ?? []) {
      yield {
        id: `${c.id} ${steps.id}`,
        run: async () => await runTraining(topic, c, steps, await imagesOf(topic, c)),
      };
    }
  }
}

/** Normalised RGB, `[N, 3, H, W]`; the shipped array, or made by the rule. */
async function imagesOf(topic: TopicFolder, c: NetworkCase): Promise<Reading> {
  if (c.files?.equi) return await topic.file(c, "equi");
  const { data, height, width } = await imageInput(topic, c.inputs.rgb, c);
  const plane = height * width;
  return { shape: [data.length / plane / 3, 3, height, width], data: normalise(data, plane) };
}

/** One image of a batch as `[1, H, W, 3]`. */
export function imageAt({ data, shape }: Reading, index: number): Float32Array {
  const [, channels, height, width] = shape as [number, number, number, number];
  const words = channels * height * width;
  return toNhwc(data.slice(index * words, (index + 1) * words), [1, channels, height, width]);
}

async function evaluation(topic: TopicFolder, c: NetworkCase, images: Reading): Promise<Check[]> {
  const graph = await newGraph("evaluate");
  const image = graph.input("image", [1, c.H, c.W, 3]);
  const output = recordNetwork(graph, image, c);
  const observed = new Map<string, Tensor>();
  if (c.files?.taps) recordNetwork(graph, image, c, { observed });
  const filled = fillStore(graph.store, c.weights_seed);
  const plan = await graph.build();
  writeTensor(plan, image, imageAt(images, c.eval?.image ?? 0));
  plan.run();
  const got = await readTensor(plan, output);
  const checks = [
    compare("output", got, (await topic.file(c, "eval_output")).data, tolerancesOf(c).evalOutput),
  ];
  if (c.filled_entries !== undefined) {
    const counters = graph.store.states().filter((name) => name.endsWith("running_mean")).length;
    checks.push(compare("state dict entries", [filled + counters], [c.filled_entries], 0));
  }
  if (c.trainable_parameters !== undefined) {
    checks.push(exact("parameters", [graph.store.count()], [c.trainable_parameters]));
  }
  if (c.files?.taps) {
    const rows: Summaries = (await topic.readJson(c.files.taps)).rows;
    const worst = new WorstRow("module output", tolerancesOf(c).evalOutput);
    for (const [name, row] of Object.entries(rows)) {
      const tensor = observed.get(name) ?? observed.get(`${name}.1`) ??
        observed.get(`${name}.conv`);
      if (!tensor) continue; // pooling and projection have no name of their own here
      const values = toNchw(await readTensor(plan, tensor), tensor.shape);
      worst.add(name, absoluteError(values, row));
    }
    checks.push(worst.check());
  }
  plan.destroy();
  graph.store.destroy();
  return checks;
}

/** The loader's path: the strip is cut from uint8 values, rounded, and given to the network. */
async function fromBytes(topic: TopicFolder, c: NetworkCase): Promise<Check[]> {
  const index = c.eval?.image ?? 0;
  const { data, height, width } = await imageInput(topic, c.inputs.rgb, c);
  const plane = height * width;
  const bytes = data.slice(3 * plane * index, 3 * plane * (index + 1))
    .map((v) => Math.floor(v * 255 + 0.5) / 255);
  const strip = await topic.file(c, "cube_u8"); // [1, 3, F, 6F]
  const size = strip.shape[2]!;
  const faces = stripToFaces(strip.data, size);

  const graph = await newGraph("evaluate");
  const image = graph.input("image", [1, height, width, 3]);
  const cube = graph.input("cube", [6, size, size, 3]);
  const output = recordNetwork(graph, image, c, { cube });
  fillStore(graph.store, c.weights_seed);
  const plan = await graph.build();
  writeTensor(plan, image, toNhwc(normalise(bytes, plane), [1, 3, height, width]));
  writeTensor(plan, cube, faces);
  plan.run();
  const got = await readTensor(plan, output);
  plan.destroy();
  graph.store.destroy();
  return [
    compare(
      "output",
      got,
      (await topic.file(c, "eval_output_u8")).data,
      tolerancesOf(c).evalOutput,
    ),
  ];
}

/** `[3, F, 6F]` to `[6, F, F, 3]`. */
function stripToFaces(strip: Float32Array, size: number): Float32Array {
  return strip.map((_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const [face, row] = [Math.floor(pixel / size / size), Math.floor(pixel / size) % size];
    return strip[(channel * size + row) * 6 * size + face * size + (pixel % size)]!;
  });
}

/** Gradients of a weighted sum of the output, with running statistics: no median, no batch statistics. */
async function linearGradient(
  topic: TopicFolder,
  c: NetworkCase,
  images: Reading,
): Promise<Check[]> {
  const { rows } = await topic.readJson(c.files!.grads_eval_linear as FileEntry) as {
    rows: Summaries;
  };
  const graph = await newGraph("train");
  const image = graph.input("image", [1, c.H, c.W, 3]);
  const output = recordNetwork(graph, image, c, { statistics: "running" });
  const weights = graph.input("w", output.shape);
  graph.differentiateFrom([{ tensor: output, gradient: weights }]);
  fillStore(graph.store, c.weights_seed);
  const plan = await graph.build();
  writeTensor(plan, image, imageAt(images, c.eval?.image ?? 0));
  writeTensor(plan, weights, fillUniform(c.weights_seed, "input:linear_w", c.H * c.W));
  plan.run();
  const gradients = await graph.store.getAll("gradients");
  const checks = compareGradients(gradients, rows, tolerancesOf(c).evalGradient);
  plan.destroy();
  graph.store.destroy();
  return checks;
}
