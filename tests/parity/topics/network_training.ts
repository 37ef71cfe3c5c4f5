/**
 * Some training steps of a network on a fixed batch.
 *
 * @module
 */
import { Graph, type Shape } from "../../../trainer/gpu/graph.ts";
import type { ParameterStore } from "../../../trainer/gpu/parameters.ts";
import { add } from "../../../trainer/kernels/add.ts";
import { affineInvariantLoss } from "../../../trainer/kernels/affine_invariant_loss.ts";
import { type Check, compare, type Outcome } from "../check.ts";
import { fillParameter } from "../fill_rule.ts";
import { type ListedMedians, medianPin } from "../median_pin.ts";
import { newGraph, readTensor, toNhwc, writeTensor } from "../gpu_graph.ts";
import type { FileEntry, Reading, TopicFolder } from "../reference.ts";
import { absoluteError, elementErrors, l2, type Summaries, WorstRow } from "../summary.ts";
import type { RunTolerances } from "../tolerances.ts";
import {
  compareGradients,
  fillStore,
  recordAdam,
  recordNetwork,
  tolerancesOf,
} from "../networks.ts";
import { imageAt, type NetworkCase } from "./network.ts";

/** A run of some steps, as `case.json` describes it. */
export interface TrainingRun extends ListedMedians {
  readonly id: string;
  readonly batch: number;
  readonly lr: number;
  readonly steps: number;
  readonly losses: readonly number[];
  readonly loss_after_train_mode?: number;
  readonly files?: Readonly<Record<string, FileEntry>>;
}

/** Runs the steps and compares what the case lists. The first step is the same for every run. */
export async function runTraining(
  topic: TopicFolder,
  c: NetworkCase,
  run: TrainingRun,
  images: Reading,
): Promise<Outcome> {
  const { H, W } = c;
  const tolerances = tolerancesOf(c);
  const within = tolerances.runs[run.id];
  if (!within) throw new RangeError(`Cannot judge run "${run.id}": it has no tolerances`);
  const graph = await newGraph("train");
  const { store } = graph;
  const image = graph.input("image", [run.batch, H, W, 3]);
  const truth = graph.input("truth", [run.batch, H, W, 1]);
  const mask = graph.input("mask", [run.batch, H, W, 1]);
  const pin = graph.input("pin", [run.batch, H, W, 1]);
  const output = recordNetwork(graph, image, c);
  const pinned = add(graph, output, pin);
  const { loss } = affineInvariantLoss(graph, pinned, truth, mask, { mean: "pixels" });
  graph.output(loss);
  const optimiser = recordAdam(graph, loss);
  fillStore(store, c.weights_seed);
  const plan = await graph.build();
  const batch = toNhwc(images.data, images.shape);
  const valid = (await topic.file(c, "val_mask")).data;
  writeTensor(plan, image, batch);
  writeTensor(plan, truth, (await topic.file(c, "gt")).data);
  writeTensor(plan, mask, valid);

  const checks: Check[] = [];
  const losses: number[] = [];
  const exchanged: number[] = [];
  for (let step = 1; step <= run.steps; step++) {
    const next = await rehearse(store, c, image.shape, batch);
    const exchange = medianPin(next, valid, run, step);
    if (exchange) exchanged.push(step);
    writeTensor(plan, pin, exchange ?? new Float32Array(next.length));
    plan.write(optimiser.input, optimiser.hyper(run.lr, step));
    plan.run();
    losses.push((await plan.read(loss))[0]!);
    if (step === 1) {
      checks.push(compare("loss of step 1", losses, run.losses.slice(0, 1), tolerances.loss));
      checks.push(...await firstStep(topic, c, store, await readTensor(plan, output)));
    }
  }
  losses.forEach((loss, i) => {
    const tolerance = typeof within.losses === "number" ? within.losses : within.losses[i]!;
    checks.push(compare(`loss of step ${i + 1}`, [loss], [run.losses[i]!], tolerance));
  });
  checks.push(...await afterwards(topic, c, run, store, images, within));
  if (run.loss_after_train_mode !== undefined) {
    plan.write(optimiser.input, optimiser.hyper(0, run.steps + 1)); // a step of length 0
    plan.run();
    const after = await plan.read(loss);
    checks.push(compare("loss after", after, [run.loss_after_train_mode], within.lossAfter));
  }
  plan.destroy();
  store.destroy();
  if (exchanged.length === 0) return { checks };
  return { checks, defined: `median pixel of step ${exchanged.join(", ")}, within its noise` };
}

/** What the next step will predict: a forward pass with batch statistics that leaves no trace. */
async function rehearse(
  store: ParameterStore,
  c: NetworkCase,
  shape: Shape,
  batch: Float32Array,
): Promise<Float32Array> {
  const states = await store.getAll("states");
  const graph = new Graph(store.gpu, store, "train");
  const image = graph.input("image", shape);
  const output = recordNetwork(graph, image, c);
  const plan = await graph.build();
  writeTensor(plan, image, batch);
  plan.run();
  const values = await readTensor(plan, output);
  plan.destroy();
  for (const [name, data] of states) store.set(name, data);
  return values;
}

/** Output, running statistics and gradients of the first step. */
async function firstStep(
  topic: TopicFolder,
  c: NetworkCase,
  store: ParameterStore,
  output: Float32Array,
): Promise<Check[]> {
  const files = c.files!;
  const tolerances = tolerancesOf(c);
  const checks: Check[] = [];
  if (files.train_output) {
    const want = (await topic.file(c, "train_output")).data;
    checks.push(compare("train output", output, want, tolerances.trainOutput));
  }
  if (files.grads) {
    const { rows } = await topic.readJson(files.grads);
    checks.push(...compareGradients(await store.getAll("gradients"), rows, tolerances.gradient));
  }
  if (files.bn) {
    const { after1 } = await topic.readJson(files.bn);
    checks.push(compareStatistics(await store.getAll("states"), after1, tolerances.batchNorm));
  }
  return checks;
}

/** The output in evaluation mode and the parameters after the last step. */
async function afterwards(
  topic: TopicFolder,
  c: NetworkCase,
  run: TrainingRun,
  store: ParameterStore,
  images: Reading,
  { evalOutput, parameters }: RunTolerances,
): Promise<Check[]> {
  const checks: Check[] = [];
  if (run.files?.eval_output_after && evalOutput !== undefined) {
    const graph = new Graph(store.gpu, store, "evaluate");
    const image = graph.input("image", [1, c.H, c.W, 3]);
    const output = recordNetwork(graph, image, c);
    const plan = await graph.build();
    writeTensor(plan, image, imageAt(images, c.eval?.image ?? 0));
    plan.run();
    const got = await readTensor(plan, output);
    plan.destroy();
    const want = (await topic.array(run.files.eval_output_after)).data;
    checks.push(compare("eval output after", got, want, evalOutput));
  }
  if (run.files?.params_after && parameters) {
    const { rows } = await topic.readJson(run.files.params_after);
    checks.push(...await compareParameters(store, rows, c.weights_seed, run.lr, parameters));
  }
  return checks;
}

/** Running statistics, the largest error of an element. */
export function compareStatistics(
  states: ReadonlyMap<string, Float32Array>,
  rows: Readonly<Record<string, Summaries>>,
  tolerance: number,
): Check {
  const worst = new WorstRow("running statistics", tolerance);
  for (const [layer, { running_mean, running_var }] of Object.entries(rows)) {
    for (const [kind, row] of Object.entries({ running_mean, running_var })) {
      const values = states.get(`${layer}.${kind}`);
      if (!values || !row) throw new TypeError(`Expected statistics "${layer}.${kind}"`);
      worst.add(`${layer}.${kind}`, absoluteError(values, row));
    }
  }
  return worst.check();
}

/**
 * Parameters after some steps: the norm of how far each tensor moved, and the elements shown. An element whose
 * gradient is nearly 0 may have moved the other way; at most 1 in 1000 does.
 */
export async function compareParameters(
  store: ParameterStore,
  rows: Summaries,
  seed: string,
  lr: number,
  tolerances: NonNullable<RunTolerances["parameters"]>,
): Promise<Check[]> {
  const values = await store.getAll("values");
  const moved = new WorstRow("distance moved", tolerances.moved);
  let [shown, off] = [0, 0];
  for (const [name, row] of Object.entries(rows)) {
    const now = values.get(name);
    if (!now) throw new TypeError(`The network has no parameter "${name}"`);
    const initial = fillParameter(seed, name, store.shape(name));
    const distance = l2(now.map((v, i) => v - initial[i]!));
    moved.add(name, Math.abs(distance - row.delta_l2!) / row.delta_l2!);
    const errors = elementErrors(now, row);
    shown += errors.length;
    off += errors.filter((error) => !(error <= tolerances.ofLr * lr)).length;
  }
  const share = {
    quantity: "share of elements that moved otherwise",
    error: off / shown,
    tolerance: tolerances.flips,
  };
  return [moved.check(), share];
}
