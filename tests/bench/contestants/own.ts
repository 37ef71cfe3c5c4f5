/** This project, as a contestant. */
import { type Gpu, openGpu } from "../../../trainer/gpu/device.ts";
import { Graph, type Tensor } from "../../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../../trainer/gpu/parameters.ts";
import type { Plan } from "../../../trainer/gpu/plan.ts";
import type { SafeTensor } from "../../../trainer/formats/safetensors.ts";
import { adam } from "../../../trainer/kernels/adam.ts";
import { berhuLoss } from "../../../trainer/kernels/berhu_loss.ts";
import { conv2d } from "../../../trainer/kernels/conv2d.ts";
import { gradientNorm } from "../../../trainer/kernels/gradient_norm.ts";
import { answer, type Contestant, type Floats, type Material } from "../answer.ts";
import { channelsFirst, channelsLast } from "../channels.ts";
import { recordNetwork } from "../networks/own_network.ts";
import { type ConvolutionWork, learningRate, type NetworkWork } from "../work.ts";

const versions = { deno: Deno.version.deno };

function channelsOf({ shape }: Tensor): number {
  return Math.ceil(shape[3]! / 4) * 4;
}

async function read(plan: Plan, x: Tensor): Promise<SafeTensor> {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return {
    shape: [n, c, h, w],
    data: channelsFirst(await plan.read(x), [n, c, h, w], channelsOf(x)),
  };
}

/** Submit so many and wait for the last. */
async function repeat(gpu: Gpu, plan: Plan, iterations: number): Promise<void> {
  const start = performance.now();
  for (let i = 0; i < iterations; i++) plan.run();
  await gpu.device.queue.onSubmittedWorkDone();
  plan.paced((performance.now() - start) / 1000 / iterations);
}

async function convolution(work: ConvolutionWork, material: Material): Promise<Contestant> {
  const gpu = await openGpu();
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const { batch, height, width, inputs, kernel, stride } = work;
  const x = graph.output(
    graph.input("x", [batch, height, width, inputs], { requiresGradient: true }),
  );
  const weight = graph.parameter("w", material.get("weight")!.shape);
  const y = graph.output(conv2d(graph, x, weight, { stride, padding: kernel >> 1 }));
  const dy = graph.input("dy", y.shape);
  graph.differentiateFrom([{ tensor: y, gradient: dy }]);
  const dx = graph.gradient(x)!;
  const plan = await graph.build();
  store.set("w", material.get("weight")!.data);
  const put = (tensor: Tensor, name: string): void => {
    const { data, shape } = material.get(name)!;
    plan.write(tensor, channelsLast(data, shape, channelsOf(tensor)));
  };
  put(x, "image");
  put(dy, "upstream");
  return {
    versions,
    adapter: gpu.name,
    async check() {
      plan.run();
      const dw = { shape: weight.shape, data: await store.get("w", "gradients") as Floats };
      return new Map([["y", await read(plan, y)], ["dx", await read(plan, dx)], ["dw", dw]]);
    },
    run: (iterations) => repeat(gpu, plan, iterations),
  };
}

async function network(work: NetworkWork, material: Material): Promise<Contestant> {
  const gpu = await openGpu();
  const store = new ParameterStore(gpu);
  const training = work.kind === "training";
  const graph = new Graph(gpu, store, training ? "train" : "evaluate");
  const size = [work.batch, work.height, 2 * work.height];
  const image = graph.input("image", [...size, 3]);
  const prediction = graph.output(recordNetwork(graph, image, work));
  const truth = training ? graph.input("truth", [...size, 1]) : undefined;
  const loss = truth && graph.output(berhuLoss(graph, prediction, truth).loss);
  if (loss) graph.differentiate(loss);
  const optimiser = loss && adam(graph, gradientNorm(graph, loss).control);
  const plan = await graph.build();
  for (const name of [...store.names(), ...store.states()]) {
    store.set(name, material.get(name)!.data);
  }
  const put = (tensor: Tensor, name: string): void => {
    const { data, shape } = material.get(name)!;
    plan.write(tensor, channelsLast(data, shape, channelsOf(tensor)));
  };
  put(image, "image");
  if (truth) put(truth, "truth");
  if (optimiser) plan.write(optimiser.input, optimiser.hyper(learningRate, 1));
  return {
    versions,
    adapter: gpu.name,
    async check() {
      plan.run();
      if (!loss) return new Map([["y", await read(plan, prediction)]]);
      const result = new Map<string, SafeTensor>([
        ["loss", { shape: [1], data: (await plan.read(loss)).slice(0, 1) }],
      ]);
      for (const [name, data] of await store.getAll("gradients")) {
        result.set(`d ${name}`, { shape: store.shape(name), data: data as Floats });
      }
      return result;
    },
    async run(iterations) {
      if (training) return await repeat(gpu, plan, iterations);
      for (let i = 0; i < iterations; i++) { // whoever asks for a depth wants to have it, as the runtimes give it
        plan.run();
        await plan.read(prediction);
      }
    },
  };
}

await answer(({ work }, material) =>
  work.kind === "convolution" ? convolution(work, material) : network(work, material)
);
Deno.exit(0);
