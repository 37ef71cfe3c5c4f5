/**
 * Gradients of the first step, judged by the reference's own noise.
 *
 * The reference lists for each tensor how far its gradient in float32 is from that in float64. Of a network with many ReLUs
 * that is far, in the elements below those few whose inputs lie within rounding of 0; and another order of sums opens and
 * closes others. An image whose pixels are off by a millionth does that too (not one that is brighter: batch norm takes
 * that out), while it leaves the gradient of each piece as it is. So a figure that is not within the noise is looked for in
 * the gradients of such images: chance is found there, a mistake is not.
 *
 * @module
 */
import { uniform } from "../../../trainer/random.ts";
import { add } from "../../../trainer/kernels/add.ts";
import { affineInvariantLoss } from "../../../trainer/kernels/affine_invariant_loss.ts";
import { type Outcome, passes } from "../check.ts";
import { newGraph, readTensor, toNhwc, writeTensor } from "../gpu_graph.ts";
import { medianPin } from "../median_pin.ts";
import { fillStore, recordNetwork } from "../networks.ts";
import type { Reading, TopicFolder } from "../reference.ts";
import { noisesOff, type Summaries, WorstRow } from "../summary.ts";
import type { NetworkCase } from "./network.ts";
import type { TrainingRun } from "./network_training.ts";

/** How many noises a gradient may be off: the noise that is listed is that of one run. */
const most = 5;

/** By how much the pixels of the images are off that are tried, uniformly, and how many of them at most. */
const change = 1e-6, images = 12;

/** Computes the gradients of the first step, of as many images as are needed, and compares the nearest of each figure. */
export async function gradientsInNoise(
  topic: TopicFolder,
  c: NetworkCase,
  run: TrainingRun,
  input: Reading,
): Promise<Outcome> {
  const { rows }: { rows: Summaries } = await topic.readJson(c.files!.grads!);
  const graph = await newGraph("train");
  const { store } = graph;
  const maps = [run.batch, c.H, c.W];
  const image = graph.input("image", [...maps, 3]);
  const truth = graph.input("truth", [...maps, 1]);
  const mask = graph.input("mask", [...maps, 1]);
  const pin = graph.input("pin", [...maps, 1]);
  const output = graph.output(recordNetwork(graph, image, c));
  const pinned = add(graph, output, pin);
  graph.differentiate(affineInvariantLoss(graph, pinned, truth, mask, { mean: "pixels" }).loss);
  fillStore(store, c.weights_seed);
  const plan = await graph.build();
  const batch = toNhwc(input.data, input.shape);
  const valid = (await topic.file(c, "val_mask")).data;
  writeTensor(plan, truth, (await topic.file(c, "gt")).data);
  writeTensor(plan, mask, valid);

  const nearest = new Map<string, number[]>();
  for (let tried = 0;; tried++) {
    writeTensor(plan, image, tried === 0 ? batch : changed(batch, tried));
    plan.run("forward");
    const prediction = await readTensor(plan, output);
    const exchange = medianPin(prediction, valid, run, 1);
    writeTensor(plan, pin, exchange ?? new Float32Array(prediction.length));
    plan.run();
    const worst = new WorstRow(`noises of gradient, ${tried + 1} image(s)`, most);
    for (const [name, gradient] of await store.getAll("gradients")) {
      const off = noisesOff(gradient, rows[name]!);
      if (!off) continue;
      const before = nearest.get(name) ?? off;
      nearest.set(name, off.map((figure, k) => Math.min(figure, before[k]!)));
      worst.add(name, Math.max(...nearest.get(name)!));
    }
    const check = worst.check();
    if (passes(check) || tried + 1 === images) {
      plan.destroy();
      store.destroy();
      return { checks: [check] };
    }
  }
}

/** An image of which each value is another by up to {@link change}. */
function changed(image: Float32Array, draw: number): Float32Array {
  return image.map((value, i) => value + change * (2 * uniform(draw, i) - 1));
}
