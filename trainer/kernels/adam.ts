/**
 * Adam and AdamW over the flat buffers of a parameter store.
 *
 * @module
 */
import { type Graph, read, type Tensor, words } from "../gpu/graph.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { overVectors, vectorsCode } from "./pointwise.ts";
import code from "./adam.wgsl" with { type: "text" };

/** Constants of the optimiser; the defaults are PyTorch's. */
export interface AdamOptions {
  /** `adam` adds the weight decay to the gradient, `adamw` shrinks the value by it. Default `adam`. */
  readonly kind?: "adam" | "adamw";
  /** Decay of the first moment, 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment, 1e-8. */
  readonly epsilon?: number;
  /** 0. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: shapes with 2 or more dimensions, so no bias and no batch norm. */
  readonly decays?: (name: string, shape: readonly number[]) => boolean;
}

/** A recorded optimiser. */
export interface Adam {
  /** Words to be written with {@linkcode Adam.hyper} before every run. */
  readonly input: Tensor;
  /** The words of a step. `step` counts updates from 1; `learningRate` may change from step to step. */
  hyper(learningRate: number, step: number): Float32Array;
}

const block = 64; // words: every tensor of the store starts at a multiple of 256 bytes

/**
 * Record the update of every parameter, as PyTorch's Adam and AdamW: bias correction, epsilon outside the root.
 * Record it last: no parameter can be declared after it.
 *
 * @param control from `gradientNorm()`: factor of the gradients, and 0 to leave values and moments as they are
 * @throws RangeError for constants out of range
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { adam, berhuLoss, gradientNorm, Graph, linear, openGpu, ParameterStore } from "@depth-anywhere/trainer";
 *
 * const gpu = await openGpu();
 * const store = new ParameterStore(gpu);
 * const graph = new Graph(gpu, store, "train");
 * const x = graph.input("x", [1, 1, 1, 1]);
 * const y = linear(graph, x, graph.parameter("w", [1, 1]));
 * const { loss } = berhuLoss(graph, y, graph.constant("truth", Float32Array.of(3)));
 * graph.differentiate(loss);
 * const optimiser = adam(graph, gradientNorm(graph, loss).control);
 * const plan = await graph.build();
 * store.set("w", Float32Array.of(4));
 * plan.write(x, Float32Array.of(1, 0, 0, 0)); // channels are padded to 4
 * plan.write(optimiser.input, optimiser.hyper(0.1, 1));
 * plan.run();
 * ok((await store.get("w"))[0]! < 4);
 * gpu.device.destroy();
 * ```
 */
export function adam(graph: Graph, control: Tensor, options: AdamOptions = {}): Adam {
  const { kind = "adam", beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  for (const [name, value, most] of [["beta1", beta1, 1], ["beta2", beta2, 1]] as const) {
    if (!(value >= 0 && value < most)) {
      throw new RangeError(`Cannot optimise with ${name} ${value}: it must be in [0, 1)`);
    }
  }
  if (!(epsilon >= 0 && weightDecay >= 0)) {
    throw new RangeError(
      `Cannot optimise with epsilon ${epsilon} and weight decay ${weightDecay}: both must be 0 or more`,
    );
  }
  const input = graph.input("adam hyper", [9]);
  const ranges = graph.store.ranges();
  const total = ranges.reduce((sum, { values }) => sum + words(values), 0);
  const decay = graph.constant(
    "weight decay",
    weightDecay > 0 ? decayBlocks(graph.store, total, options.decays) : new Float32Array(1),
  );
  let offset = 0;
  for (const { values, gradients, m, v } of ranges) {
    const quads = words(values) / 4;
    graph.dispatch({
      label: "adam update",
      shader: {
        file: "adam.wgsl",
        code: [vectorsCode, code],
        entryPoint: "update",
        constants: { DECAYS: weightDecay > 0 },
      },
      uniforms: [quads, offset / block],
      bindings: [
        read(input),
        read(control),
        read(decay),
        read(gradients),
        { tensor: values, access: "readwrite" },
        { tensor: m, access: "readwrite" },
        { tensor: v, access: "readwrite" },
      ],
      workgroups: overVectors(values),
    });
    offset += words(values);
  }
  const hyper = (learningRate: number, step: number): Float32Array => {
    if (!(Number.isInteger(step) && step >= 1)) {
      throw new RangeError(`Cannot update at step ${step}: steps are counted from 1`);
    }
    return Float32Array.of(
      learningRate / (1 - beta1 ** step),
      Math.sqrt(1 - beta2 ** step),
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
      kind === "adam" ? weightDecay : 0,
      kind === "adamw" ? learningRate * weightDecay : 0,
    );
  };
  return { input, hyper };
}

function decayBlocks(
  store: ParameterStore,
  total: number,
  decays: AdamOptions["decays"] = (_, shape) => shape.length >= 2,
): Float32Array {
  const blocks = new Float32Array(Math.ceil(total / block));
  for (const name of store.names()) {
    const shape = store.shape(name);
    if (!decays(name, shape)) continue;
    const { offset, bytes } = store.declare(name, shape, "values");
    blocks.fill(1, offset / 4 / block, Math.ceil((offset + bytes) / 4 / block));
  }
  return blocks;
}
