/**
 * Runs one op: builds a graph around it, feeds it, and gives back its output and gradients without padding.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { type Gpu, openGpu } from "../../trainer/gpu/device.ts";
import {
  Graph,
  isFeatureMap,
  type Precision,
  type Stored,
  type Tensor,
} from "../../trainer/gpu/graph.ts";
import { fromGpuLayout, toGpuLayout } from "../../trainer/gpu/layout.ts";
import { ParameterStore } from "../../trainer/gpu/parameters.ts";
import type { Filled } from "./fill.ts";
import { padChannels, unpadChannels } from "./padding.ts";

/** What an op takes: a differentiable input unless it says otherwise. */
export interface Operand extends Filled {
  /** `data`: an input without gradient; `parameter`, `state`: of the store. */
  readonly kind?: "input" | "data" | "parameter" | "state";
}

/** An op and what to feed it. */
export interface OpRun<K extends string> {
  readonly operands: Readonly<Record<K, Operand>>;
  readonly record: (graph: Graph, tensors: Record<K, Tensor>) => Tensor;
  /** dL/dy, logical; without it the graph is one for evaluation. */
  readonly upstream?: ArrayLike<number>;
  /** Gradients that are there already: the op must add its own. */
  readonly addTo?: { readonly [P in K]?: ArrayLike<number> };
  /** More than one to see that a run leaves nothing behind for the next. */
  readonly runs?: number;
  readonly gpu?: Gpu;
  /** With `mixed`, feature maps among the operands are stored as `f16` too. Default `f32`. */
  readonly precision?: Precision;
}

/** Logical numbers: the output, the gradients of inputs and parameters, the states afterwards. */
export interface OpResult<K extends string> {
  readonly output: Float32Array;
  readonly gradients: { readonly [P in K]?: Float32Array };
  readonly states: { readonly [P in K]?: Float32Array };
}

let shared: Promise<Gpu> | undefined;

/** The GPU that the tests of a file share. */
export function testGpu(): Promise<Gpu> {
  return shared ??= openGpu();
}

/** See the module's text. Fails where padding of an output or gradient does not hold zero. */
export async function runOp<K extends string>(run: OpRun<K>): Promise<OpResult<K>> {
  const gpu = run.gpu ?? await testGpu();
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, run.upstream ? "train" : "evaluate", run);
  const entries = Object.entries(run.operands) as [K, Operand][];
  const tensors = Object.fromEntries(
    entries.map(([name, operand]) => [name, declare(graph, name, operand)]),
  ) as Record<K, Tensor>;
  const y = graph.output(run.record(graph, tensors));
  const { seeds, gradients } = run.upstream
    ? differentiate(graph, run, tensors, y)
    : { seeds: [], gradients: new Map<K, Tensor>() };
  const plan = await graph.build();
  for (const [name, { kind, data, shape }] of entries) {
    if (kind === "parameter" || kind === "state") store.set(name, data);
    else if (touches(plan, tensors[name])) {
      plan.write(tensors[name], hostWords(padChannels(data, shape), tensors[name].stored));
    }
  }
  for (const { gradient, words } of seeds) plan.write(gradient, hostWords(words, gradient.stored));
  for (let i = 0; i < (run.runs ?? 1); i++) plan.run();
  const result = {
    output: unpadChannels(await plan.read(y), y.shape, "the output"),
    gradients: {} as { [P in K]?: Float32Array },
    states: {} as { [P in K]?: Float32Array },
  };
  for (const [name, gradient] of gradients) {
    result.gradients[name] = unpad(await plan.read(gradient), run.operands[name], name);
  }
  for (const [name, { kind }] of entries) {
    if (kind === "state") result.states[name] = await store.get(name);
  }
  plan.destroy();
  store.destroy();
  return result;
}

function declare(graph: Graph, name: string, { kind = "input", shape }: Operand): Tensor {
  if (kind === "parameter") return graph.parameter(name, shape);
  if (kind === "state") return graph.state(name, shape);
  const stored = graph.precision === "mixed" && isFeatureMap(shape) ? "f16" : "f32";
  return graph.input(name, shape, { requiresGradient: kind === "input", stored });
}

/** Padded numbers as the words of a tensor. */
function hostWords(numbers: Float32Array, stored: Stored): Float32Array | Float16Array {
  return stored === "f16" ? new Float16Array(numbers) : numbers;
}

/** A gradient that is given, and what is written there. */
interface Seed {
  readonly tensor: Tensor;
  readonly gradient: Tensor;
  readonly words: Float32Array;
}

function differentiate<K extends string>(
  graph: Graph,
  run: OpRun<K>,
  tensors: Record<K, Tensor>,
  y: Tensor,
): { seeds: Seed[]; gradients: Map<K, Tensor> } {
  const seed = (name: string, tensor: Tensor, words: Float32Array): Seed => {
    const shape = tensor.stored === "f16" ? tensor.shape : [words.length];
    return { tensor, words, gradient: graph.input(name, shape, { stored: tensor.stored }) };
  };
  const seeds = [seed("dy", y, padChannels(run.upstream!, y.shape))];
  for (const [name, there] of Object.entries(run.addTo ?? {}) as [K, ArrayLike<number>][]) {
    const { kind, shape } = run.operands[name];
    const padded = kind === "parameter"
      ? toGpuLayout(Float32Array.from(there), shape)
      : padChannels(there, shape);
    seeds.push(seed(`d ${name}`, tensors[name], padded));
  }
  graph.differentiateFrom(seeds);
  const gradients = new Map<K, Tensor>();
  for (const name of Object.keys(tensors) as K[]) {
    const gradient = graph.gradient(tensors[name]);
    if (gradient) gradients.set(name, graph.output(gradient));
  }
  return { seeds, gradients };
}

/** Whether an operand is part of the plan; an op may ignore one. */
function touches(plan: { range(tensor: Tensor): unknown }, tensor: Tensor): boolean {
  try {
    plan.range(tensor);
    return true;
  } catch {
    return false;
  }
}

function unpad(words: Float32Array, { kind, shape }: Operand, name: string): Float32Array {
  if (kind !== "parameter") return unpadChannels(words, shape, `the gradient of ${name}`);
  const data = fromGpuLayout(words, shape);
  const back = toGpuLayout(data, shape);
  for (let i = 0; i < words.length; i++) {
    equal(words[i], back[i], `padding word ${i} of the gradient of ${name}`);
  }
  return data;
}
