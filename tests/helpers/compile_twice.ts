/**
 * A process whose second thread compiles a small training step, which its own device then does too: says how many shaders
 * the driver has written to its cache after each.
 */
import { rejects } from "node:assert/strict";
import { openGpu } from "../../trainer/gpu/device.ts";
import { Graph, type Step } from "../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../trainer/gpu/parameters.ts";
import { SecondCompiler } from "../../trainer/gpu/second_compiler.ts";
import { pipelineKey } from "../../trainer/gpu/shader.ts";
import { adam } from "../../trainer/kernels/adam.ts";
import { berhuLoss } from "../../trainer/kernels/berhu_loss.ts";
import { conv2d } from "../../trainer/kernels/conv2d.ts";
import { gradientNorm } from "../../trainer/kernels/gradient_norm.ts";
import { maxPool } from "../../trainer/kernels/max_pool.ts";

/** What is printed as JSON. */
export interface CompiledTwice {
  /** That the step needs. */
  readonly shaders: number;
  /** Files in the cache, when no more come of the second thread. */
  readonly first: number;
  /** When the trainer's device has compiled all of them. */
  readonly then: number;
}

const gpu = await openGpu();

function record(): Graph {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [1, 16, 16, 4]);
  const y = maxPool(graph, conv2d(graph, x, graph.parameter("w", [4, 4, 3, 3]), { padding: 1 }));
  const head = conv2d(graph, y, graph.parameter("head", [1, 4, 1, 1]));
  const truth = graph.constant("truth", new Float32Array(64).fill(3));
  const { loss } = berhuLoss(graph, head, truth);
  graph.differentiate(loss);
  adam(graph, gradientNorm(graph, loss).control);
  return graph;
}

/** Files below the cache, when there are as many as wanted and no more come, or after a minute. */
async function cached(wanted: number): Promise<number> {
  let [count, still] = [0, 0];
  for (let tenths = 0; tenths < 600 && (still < 20 || count < wanted); tenths++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = files(Deno.args[0]!);
    still = now === count ? still + 1 : 0;
    count = now;
  }
  return count;
}

function files(folder: string): number {
  return [...Deno.readDirSync(folder)].reduce(
    (sum, { name, isDirectory }) =>
      sum + (isDirectory ? files(`${folder}/${name}`) : Number(/^[0-9a-f]+$/.test(name))),
    0,
  );
}

const shaders = new Set<string>();
await using compiler = new SecondCompiler(gpu);
const help = (steps: readonly Step[]): never => {
  for (const step of steps) if ("dispatch" in step) shaders.add(pipelineKey(step.dispatch.shader));
  compiler.help(steps);
  throw new Error("That is enough");
};
await rejects(record().build({ compiler: { help } }), /That is enough/);
const first = await cached(shaders.size);
await record().build();
await gpu.device.queue.onSubmittedWorkDone();
const answer: CompiledTwice = { shaders: shaders.size, first, then: await cached(first) };
console.log(JSON.stringify(answer));
Deno.exit(0);
