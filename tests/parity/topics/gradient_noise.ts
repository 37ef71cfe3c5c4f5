/**
 * Gradients of the first step, judged by the reference's own noise.
 *
 * The reference lists for each tensor how far its gradient in float32 is from that in float64. Of a network with many ReLUs
 * that is far, in the elements below those few whose inputs lie within rounding of 0; and another order of sums opens and
 * closes others. An image brighter by a millionth does that too, while it leaves the gradient of each piece as it is. So a
 * tensor that is not within the noise is looked for in the gradients of such images: chance is found there, a mistake is not.
 *
 * @module
 */
import { add } from "../../../trainer/kernels/add.ts";
import { affineInvariantLoss } from "../../../trainer/kernels/affine_invariant_loss.ts";
import type { Outcome } from "../check.ts";
import { newGraph, readTensor, toNhwc, writeTensor } from "../gpu_graph.ts";
import { medianPin } from "../median_pin.ts";
import { fillStore, recordNetwork } from "../networks.ts";
import type { Reading, TopicFolder } from "../reference.ts";
import { noisesOff, type Summaries, WorstRow } from "../summary.ts";
import type { NetworkCase } from "./network.ts";
import type { TrainingRun } from "./network_training.ts";

/** How many noises a gradient may be off: the noise that is listed is that of one run. */
const most = 5;

/** By how much brighter the images are that are tried, in this order. */
const brighter = [0, 1e-6, -1e-6, 2e-6, -2e-6, 3e-6, -3e-6];

/** Computes the gradients of the first step, of as many images as are needed, and compares each tensor's nearest. */
export async function gradientsInNoise(
  topic: TopicFolder,
  c: NetworkCase,
  run: TrainingRun,
  images: Reading,
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
  const batch = toNhwc(images.data, images.shape);
  const valid = (await topic.file(c, "val_mask")).data;
  writeTensor(plan, truth, (await topic.file(c, "gt")).data);
  writeTensor(plan, mask, valid);

  const nearest = new Map<string, number>();
  const tried: number[] = [];
  for (const change of brighter) {
    tried.push(change);
    writeTensor(plan, image, batch.map((v) => v * (1 + change)));
    plan.run("forward");
    const prediction = await readTensor(plan, output);
    const exchange = medianPin(prediction, valid, run, 1);
    writeTensor(plan, pin, exchange ?? new Float32Array(prediction.length));
    plan.run();
    for (const [name, gradient] of await store.getAll("gradients")) {
      const off = noisesOff(gradient, rows[name]!);
      if (off !== undefined) nearest.set(name, Math.min(off, nearest.get(name) ?? Infinity));
    }
    if ([...nearest.values()].every((off) => off <= most)) break;
  }
  plan.destroy();
  store.destroy();
  const worst = new WorstRow(`noises of gradient, ${tried.length} image(s)`, most);
  for (const [name, off] of nearest) worst.add(name, off);
  return { checks: [worst.check()] };
}
