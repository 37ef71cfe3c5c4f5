import { deepEqual, equal } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { add } from "../kernels/add.ts";
import { batchNorm } from "../kernels/batch_norm.ts";
import { conv2d } from "../kernels/conv2d.ts";
import { sigmoid } from "../kernels/sigmoid.ts";
import { Graph, type Tensor } from "./graph.ts";
import { ParameterStore } from "./parameters.ts";

const gpu = await testGpu();
const shape = [1, 2, 2, 4];

/** What the backward pass of an op between x and y finds, where y's gradient comes from a sigmoid. */
function recorded(ask: (graph: Graph, x: Tensor, y: Tensor) => void, seeded = false): void {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", shape, { requiresGradient: true });
  const y = graph.result("y", shape, [x]);
  graph.backward(() => ask(graph, x, y));
  const tensor = seeded ? y : sigmoid(graph, y);
  graph.differentiateFrom([{ tensor, gradient: graph.temp("given", shape) }]);
}

Deno.test("Graph.passGradient() makes y's gradient that of x, to which others add", () => {
  recorded((graph, x, y) => {
    const dy = graph.gradient(y)!;
    equal(graph.passGradient(y, x), dy);
    equal(graph.gradient(y), undefined, "nobody takes what was written over for y's");
    deepEqual(graph.contribute(x), { tensor: dy, accumulate: true });
  });
});

Deno.test("Graph.passGradient() leaves a gradient where it may not be written over", () => {
  recorded((graph, x, y) => equal(graph.passGradient(y, x), undefined), true); // somebody gave it
  recorded((graph, x, y) => {
    graph.output(graph.gradient(y)!);
    equal(graph.passGradient(y, x), undefined, "it is read after a run");
    equal(graph.takeGradient(y), undefined);
  });
  recorded((graph, x, y) => {
    graph.contribute(x);
    equal(graph.passGradient(y, x), undefined, "x has one already");
    equal(graph.passGradient(y, graph.input("image", shape)), undefined, "it needs none");
    const other = graph.input("other", [1, 2, 2, 8], { requiresGradient: true });
    equal(graph.passGradient(y, other), undefined, "it has another size");
    const dy = graph.gradient(y)!;
    equal(graph.takeGradient(y), dy, "after all it is still there");
  });
});

Deno.test("Graph.passGradient() keeps a gradient that is read after a run", async () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const a = graph.input("a", shape, { requiresGradient: true });
  const b = graph.input("b", shape, { requiresGradient: true });
  const y = graph.output(add(graph, graph.output(a), graph.output(b)));
  const ones = graph.constant("dy", new Float32Array(16).fill(1));
  graph.differentiateFrom([{ tensor: sigmoid(graph, y), gradient: ones }]);
  const [da, db, dy] = [a, b, y].map((x) => graph.gradient(x)!);
  const plan = await graph.build();
  plan.run();
  for (const gradient of [da!, db!, dy!]) {
    deepEqual([...await plan.read(gradient)], new Array(16).fill(0.25)); // sigmoid's slope at 0
  }
  plan.destroy();
});

const normed = (graph: Graph, x: Tensor, residual?: Tensor) =>
  batchNorm(graph, x, {
    weight: graph.parameter("n.weight", [8]),
    bias: graph.parameter("n.bias", [8]),
    runningMean: graph.state("n.mean", [8]),
    runningVar: graph.state("n.var", [8]),
  }, { relu: true, ...(residual && { residual }) });

/** Ops that write over the gradient by their output. */
const ops: Record<string, (graph: Graph, x: Tensor, other: Tensor) => Tensor> = {
  "batchNorm()": (graph, x) => normed(graph, x),
  "batchNorm() with a residual": normed,
  "batchNorm() of what has a gradient already": (graph, x, other) =>
    add(graph, normed(graph, x, other), sigmoid(graph, other)),
  "conv2d() with elu and bias": (graph, x) =>
    conv2d(graph, x, graph.parameter("w", [8, 8, 3, 3]), {
      padding: 1,
      bias: graph.parameter("b", [8]),
      activation: "elu",
    }),
  "conv2d() with relu": (graph, x) =>
    conv2d(graph, x, graph.parameter("w", [8, 8, 1, 1]), { activation: "relu" }),
  "add()": add,
};

for (const [name, record] of Object.entries(ops)) {
  Deno.test(`${name} gives the same gradients in place and where its output's is kept`, async () => {
    const results: Record<string, Float32Array>[] = [];
    for (const kept of [true, false]) {
      const store = new ParameterStore(gpu);
      const graph = new Graph(gpu, store, "train");
      const operands = ["x", "other"].map((operand) =>
        graph.output(graph.input(operand, [2, 5, 7, 8], { requiresGradient: true }))
      );
      const [x, other] = operands as [Tensor, Tensor];
      const y = record(graph, x, other);
      if (kept) graph.output(y);
      const slope = graph.constant("slope", fill("slope", [2, 5, 7, 8]).data);
      graph.differentiateFrom([{ tensor: sigmoid(graph, y), gradient: slope }]);
      equal(graph.gradient(y) !== undefined, kept);
      const plan = await graph.build();
      for (const name of store.names()) store.set(name, fill(name, store.shape(name)).data);
      for (const operand of operands) plan.write(operand, fill(operand.name, operand.shape).data);
      plan.run();
      const found: Record<string, Float32Array> = {};
      for (const operand of operands) {
        const gradient = graph.gradient(operand);
        if (gradient) found[operand.name] = await plan.read(gradient);
      }
      for (const [name, data] of await store.getAll("gradients")) found[name] = data;
      results.push(found);
      plan.destroy();
      store.destroy();
    }
    deepEqual(results[0], results[1]);
  });
}
