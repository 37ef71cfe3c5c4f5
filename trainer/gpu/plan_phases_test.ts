import { deepEqual, equal, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { adam } from "../kernels/adam.ts";
import { concatUpsampled } from "../kernels/concat.ts";
import { conv2d } from "../kernels/conv2d.ts";
import { lockstepLanes } from "../kernels/conv2d_variants.ts";
import { berhuLoss } from "../kernels/berhu_loss.ts";
import { gradientNorm } from "../kernels/gradient_norm.ts";
import { Graph } from "./graph.ts";
import { ParameterStore } from "./parameters.ts";

/** A convolution that is trained on one image. */
async function tinyTraining() {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const x = graph.input("x", [1, 8, 8, 4]);
  const y = conv2d(graph, x, graph.parameter("w", [1, 4, 3, 3]), { padding: 1 });
  const { loss } = berhuLoss(graph, y, graph.constant("truth", new Float32Array(64).fill(3)));
  graph.differentiate(loss);
  const optimiser = adam(graph, gradientNorm(graph, loss).control);
  const plan = await graph.build();
  store.set("w", Float32Array.from({ length: 36 }, (_, i) => Math.sin(i)));
  plan.write(x, Float32Array.from({ length: 256 }, (_, i) => Math.cos(i)));
  plan.write(optimiser.input, optimiser.hyper(0.1, 1));
  const close = (): void => {
    plan.destroy();
    store.destroy();
  };
  return { plan, store, close };
}

Deno.test("Plan.run(phase) for the three phases is a whole run, to the bit", async () => {
  const whole = await tinyTraining();
  whole.plan.run();
  const wanted = await whole.store.get("w");
  const phased = await tinyTraining();
  const before = await phased.store.get("w");
  phased.plan.run("forward");
  phased.plan.run("backward");
  deepEqual(await phased.store.get("w"), before, "nothing is updated before the last phase");
  phased.plan.run("update");
  const got = await phased.store.get("w");
  deepEqual(got, wanted);
  ok(got.every((v, i) => v !== before[i]));
  whole.close();
  phased.close();
});

Deno.test("Plan.run() with a choice of labels runs those commands alone", async () => {
  const { plan, store, close } = await tinyTraining();
  const before = await store.get("w");
  plan.run((label) => !label.startsWith("adam"));
  deepEqual(await store.get("w"), before);
  plan.run((label) => label.startsWith("adam"));
  ok((await store.get("w")).every((v, i) => v !== before[i]), "of the gradients that are there");
  close();
});

Deno.test("Plan.profile() tells a convolution's operations, and how many of them Winograd's tiles do", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "evaluate");
  const x = graph.input("x", [1, 8, 12, 32]);
  const lanes = lockstepLanes(gpu);
  const variants = lanes > 0 ? { forward: { kind: "winograd", lanes, runs: 4 } as const } : {};
  graph.output(conv2d(graph, x, graph.parameter("w", [64, 32, 3, 3]), { padding: 1, variants }));
  const plan = await graph.build();
  const row = (await plan.profile()).find(({ label }) => label === "conv2d forward w")!;
  equal(row.flops, 2 * 8 * 12 * 9 * 32 * 64);
  equal(row.executed, lanes > 0 ? 2 * 6 * 36 * 32 * 64 : row.flops); // 6 tiles of 36 points
  plan.destroy();
  store.destroy();
});

Deno.test("Plan.profile() counts of a joined map what each part moves of it", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "evaluate");
  const [a, b] = [graph.input("a", [1, 2, 2, 4]), graph.input("b", [1, 4, 4, 8])];
  graph.output(concatUpsampled(graph, a, b));
  const plan = await graph.build();
  const rows = await plan.profile();
  // 16 bytes a pixel of a, 64 of what becomes of it; b is read and written
  deepEqual(rows.map(({ traffic }) => traffic), [4 * 16 + 16 * 16, 2 * 16 * 32]);
  plan.destroy();
  store.destroy();
});

Deno.test("Plan.profile() tells phase, operations and traffic of each dispatch, by the clock it is given", async () => {
  const { plan, close } = await tinyTraining();
  let ticks = 0;
  const rows = await plan.profile(() => ticks++);
  const phases = rows.map(({ phase }) => phase);
  deepEqual([...new Set(phases)], ["forward", "backward", "update"]);
  const forward = rows.find(({ label }) => label === "conv2d forward w")!;
  equal(forward.flops, 2 * 64 * 4 * 9);
  equal(forward.traffic, 4 * (256 + 144 + 256)); // x, w and y, one output channel padded to 4
  ok(rows.every(({ seconds }) => seconds === 1));
  equal(rows.reduce((sum, { flops }) => sum + flops, 0), plan.flops);
  close();
});
