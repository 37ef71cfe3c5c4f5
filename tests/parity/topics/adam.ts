/**
 * Topic 12, second half: Adam and AdamW on given gradients, on the GPU.
 *
 * @module
 */
import { adam } from "../../../trainer/kernels/adam.ts";
import { type CaseRun, type Check, compare } from "../check.ts";
import { newGraph } from "../gpu_graph.ts";
import type { Case, TopicFolder } from "../reference.ts";
import { TOLERANCES } from "../tolerances.ts";

interface AdamCase extends Case {
  readonly optimizer: "Adam" | "AdamW";
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weight_decay_on_weight: number;
  readonly weight_decay_on_bias: number;
  readonly steps: number;
}

/** Runs every entry of the list `adam`. Row 0 of each array is a weight, row 1 a bias. */
export function* adamArithmetic(topic: TopicFolder): Generator<CaseRun> {
  for (const c of (topic.json.adam ?? []) as AdamCase[]) {
    yield { id: c.id, run: async () => ({ checks: await optimise(topic, c) }) };
  }
}

async function optimise(topic: TopicFolder, c: AdamCase): Promise<Check[]> {
  if (c.weight_decay_on_bias !== 0) {
    throw new RangeError("It decays a bias, which no released optimiser does");
  }
  const initial = await topic.file(c, "initial");
  const gradients = (await topic.file(c, "grads")).data;
  const length = initial.shape[1]!;
  const row = (data: Float32Array, index: number): Float32Array =>
    data.slice(index * length, (index + 1) * length);

  const graph = await newGraph("train");
  const { store } = graph;
  const names = ["weight", "bias"];
  for (const name of names) graph.parameter(name, [length]);
  const control = graph.constant("control", Float32Array.of(1, 1));
  const { input, hyper } = adam(graph, control, {
    kind: c.optimizer === "AdamW" ? "adamw" : "adam",
    beta1: c.betas[0],
    beta2: c.betas[1],
    epsilon: c.eps,
    weightDecay: c.weight_decay_on_weight,
    decays: (name) => name === "weight",
  });
  const plan = await graph.build();
  names.forEach((name, i) => store.set(name, row(initial.data, i)));
  const after: number[] = [];
  for (let step = 0; step < c.steps; step++) {
    names.forEach((name, i) => store.set(name, row(gradients, 2 * step + i), "gradients"));
    plan.write(input, hyper(c.lr, step + 1));
    plan.run();
    for (const name of names) after.push(...await store.get(name));
  }
  const tolerance = TOLERANCES.jointStep.adam;
  const want = async (key: string): Promise<Float32Array> => (await topic.file(c, key)).data;
  const checks = [
    compare("parameters", after, await want("params_after_each_step"), tolerance),
    compare("m", await store.get("weight", "m"), await want("exp_avg_weight"), tolerance),
    compare("v", await store.get("weight", "v"), await want("exp_avg_sq_weight"), tolerance),
  ];
  plan.destroy();
  store.destroy();
  return checks;
}
