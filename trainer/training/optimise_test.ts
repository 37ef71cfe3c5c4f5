import { deepEqual, equal, ok } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { padChannels } from "../../tests/helpers/padding.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { berhuLoss } from "../kernels/berhu_loss.ts";
import { lossScale } from "../kernels/gradient_norm.ts";
import { linear } from "../kernels/linear.ts";
import { type OptimConfig, optimise } from "./optimise.ts";

const adam: OptimConfig = {
  name: "adam",
  lr: 0.01,
  schedule: "constant",
  warmup: 4,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  clip: 0,
};

/** Fits a weight of 3 to `y = w x`; `x` may be replaced before a step. `scaled`: the loss is, as with mixed precision. */
async function regression(optim: OptimConfig, { scaled = false } = {}) {
  const store = new ParameterStore(await testGpu());
  const graph = new Graph(store.gpu, store, "train");
  const x = graph.input("x", [2, 1, 1, 3]);
  const y = linear(graph, x, graph.parameter("w", [1, 3]));
  const truth = graph.constant("truth", Float32Array.of(5, -5));
  const { loss } = berhuLoss(graph, y, truth);
  const run = { steps: 100, rows: 3, lossScale: scaled ? lossScale(graph) : undefined };
  graph.differentiate(loss, run.lossScale);
  const optimisation = optimise(graph, loss, { "loss/total": loss }, optim, run);
  const plan = await graph.build();
  const { data, shape } = fill("optimise x", [2, 1, 1, 3]);
  const write = (values: ArrayLike<number>) => plan.write(x, padChannels(values, shape));
  write(data);
  store.set("w", Float32Array.of(0.5, -0.25, 1));
  const step = (at: number): void => {
    optimisation.before(plan, at);
    plan.run();
  };
  return { store, plan, optimisation, step, write, data };
}

Deno.test("optimise() remembers the scalars of the last steps, and the step size of each", async () => {
  const { optimisation, plan, step } = await regression(adam);
  for (let at = 0; at < 5; at++) step(at);
  const rows = await optimisation.after(plan, [2, 3, 4]); // as many as the ring has
  deepEqual(rows.map((row) => row.step), [2, 3, 4]);
  deepEqual(Object.keys(rows[0]!.values), ["loss/total", "grad/norm", "optim/lr"]);
  deepEqual(rows.map(({ values }) => values["optim/lr"]), [0.0075, 0.01, 0.01]);
  const losses = rows.map(({ values }) => values["loss/total"]!);
  ok(losses[0]! > losses[1]! && losses[1]! > losses[2]!, `${losses}`);
});

Deno.test("optimise() moves each weight by the step size at first, against its gradient's sign", async () => {
  const { store, step } = await regression({ ...adam, warmup: 0 });
  const before = await store.get("w");
  step(0);
  const gradient = await store.get("w", "gradients");
  const want = before.map((w, i) => w - 0.01 * Math.sign(gradient[i]!)); // Adam's first step
  assertClose(await store.get("w"), want, { atol: 1e-6, rtol: 0, name: "w" });
});

Deno.test("optimise() stands still from the first step whose gradient is not finite", async () => {
  const { store, plan, optimisation, step, write, data } = await regression(adam);
  step(0);
  const flats = ["values", "m", "v"] as const;
  const content = () => Promise.all(flats.map((flat) => store.getAll(flat)));
  const before = await content();
  write([NaN, ...data.slice(1)]);
  step(1);
  const [row] = await optimisation.after(plan, [1]);
  ok(Number.isNaN(row!.values["loss/total"]), "the loss says so");
  deepEqual(await content(), before);
  write(data);
  step(2);
  const [after] = await optimisation.after(plan, [2]);
  ok(Number.isFinite(after!.values["loss/total"]), "a later step is told as it is");
  deepEqual(await content(), before);
});

Deno.test("optimise() with a scale of the loss moves the weights as without it, to the bit", async () => {
  const [plain, scaled] = [await regression(adam), await regression(adam, { scaled: true })];
  for (const { step } of [plain, scaled]) {
    for (let at = 0; at < 3; at++) step(at);
  }
  deepEqual(await scaled.store.getAll("values"), await plain.store.getAll("values")); // 2^16 is exact
  const [want] = await plain.optimisation.after(plain.plan, [2]);
  const [got] = await scaled.optimisation.after(scaled.plan, [2]);
  deepEqual(got!.values, { ...want!.values, "optim/scale": 2 ** 16 });
});

Deno.test("optimise() tells no norm of a step that lowers the scale, and that of the step where it falls below 1", async () => {
  const { store, plan, optimisation, step, write, data } = await regression(adam, { scaled: true });
  step(0);
  const before = await store.getAll("values");
  plan.write(optimisation.lossScale!, Float32Array.of(2, 0));
  write(data.map((x) => 1e19 * x)); // a loss that is finite, and gradients whose squares are not
  step(1);
  step(2);
  const [skipped, fault] = await optimisation.after(plan, [1, 2]);
  deepEqual([skipped!.values["grad/norm"], skipped!.values["optim/scale"]], [undefined, 1]);
  deepEqual([fault!.values["grad/norm"], fault!.values["optim/scale"]], [Infinity, 0.5]);
  ok(Number.isFinite(fault!.values["loss/total"]));
  deepEqual(await store.getAll("values"), before);
});

Deno.test("optimise() clips the gradient's norm and still reports what it was", async () => {
  const [free, clipped] = [await regression(adam), await regression({ ...adam, clip: 0.1 })];
  const norms: number[] = [];
  for (const { optimisation, plan, step } of [free, clipped]) {
    step(0);
    const [row] = await optimisation.after(plan, [0]);
    norms.push(row!.values["grad/norm"]!);
  }
  equal(norms[0], norms[1]);
  ok(norms[0]! > 0.2);
  const m = await free.store.get("w", "m");
  const want = m.map((value) => value * 0.1 / norms[0]!);
  assertClose(await clipped.store.get("w", "m"), want, { rtol: 1e-4, name: "first moment" });
});
