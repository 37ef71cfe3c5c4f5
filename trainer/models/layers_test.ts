import { deepEqual } from "node:assert/strict";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Step } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { Layers } from "./layers.ts";

/** Labels of a plan's dispatches up to the names, those of batch norms and convolutions. */
class Labels {
  readonly all: string[] = [];

  help(steps: readonly Step[]): void {
    for (const step of steps) {
      if (!("dispatch" in step)) continue;
      const { label } = step.dispatch;
      if (/^(batch_norm|conv2d forward|conv2d_norm)/.test(label)) this.all.push(label);
    }
  }
}

async function forward(kind: "cpu" | "gpu", mode: "train" | "evaluate"): Promise<string[]> {
  const gpu: Gpu = { ...await testGpu(), kind };
  const graph = new Graph(gpu, new ParameterStore(gpu), mode);
  const x = graph.input("x", [1, 256, 256, 3]);
  graph.output(new Layers(graph).convNorm(["conv", "norm"], x, 8, { kernel: 3, relu: true }));
  const labels = new Labels();
  const plan = await graph.build({ compiler: labels });
  plan.destroy();
  graph.store.destroy();
  return labels.all;
}

Deno.test("Layers.convNorm() reads a map for its statistics only where no kernel leaves them, and no map to evaluate", async () => {
  const norm = (...passes: string[]) => [
    "conv2d forward conv.weight",
    ...passes.map((pass) => `batch_norm ${pass} norm`),
  ];
  deepEqual(await forward("gpu", "train"), norm("gather", "finish", "forward"));
  deepEqual(await forward("cpu", "train"), norm("tiles", "finish", "forward"));
  for (const kind of ["cpu", "gpu"] as const) {
    deepEqual(await forward(kind, "evaluate"), [
      "conv2d_norm fold norm",
      "conv2d_norm forward conv.weight",
    ]);
  }
});

Deno.test("Layers.convNorm() is recomputed with moments that nobody reads, to the bit", async () => {
  const gpu: Gpu = { ...await testGpu(), kind: "gpu" };
  const kernel = fill("recomputed kernel", [8, 3, 3, 3]).data;
  const image = fill("recomputed x", [2 * 16 * 32 * 4]).data;
  const slope = fill("recomputed dy", [2 * 16 * 32 * 8]).data;
  const step = async (recompute: boolean) => {
    const graph = new Graph(gpu, new ParameterStore(gpu), "train");
    const x = graph.input("x", [2, 16, 32, 3]);
    const y = new Layers(graph).convNorm(["stem", "norm"], x, 8, { kernel: 3, relu: true });
    graph.differentiateFrom([{ tensor: y, gradient: graph.constant("dy", slope) }]);
    const labels = new Labels();
    const plan = await graph.build({ recompute, compiler: labels });
    graph.store.set("stem.weight", kernel);
    graph.store.set("norm.weight", new Float32Array(8).fill(1));
    plan.write(x, image);
    plan.run();
    const dw = await graph.store.get("stem.weight", "gradients");
    const mean = await graph.store.get("norm.running_mean");
    plan.destroy();
    graph.store.destroy();
    const again = labels.all.filter((label) => label.endsWith("again"));
    return { dw, mean, again };
  };
  const [kept, recomputed] = [await step(false), await step(true)];
  deepEqual(recomputed.again, ["conv2d forward stem.weight again"]);
  deepEqual({ ...recomputed, again: [] }, kept);
});
