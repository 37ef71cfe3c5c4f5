import { deepEqual, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { weightAverage } from "./weight_average.ts";

const gpu = await testGpu();

Deno.test("weightAverage follows the values, skips skipped steps and changes places with them", async () => {
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const sizes = { a: 5, b: 1100 };
  for (const [name, n] of Object.entries(sizes)) graph.parameter(name, [n]);
  const control = graph.input("control", [2]);
  const averaged = weightAverage(graph, control, 0.5);
  const plan = await graph.build();
  const want: Record<string, number[]> = {};
  for (let step = 1; step <= 12; step++) {
    const skipped = step === 3;
    const rate = step === 1 ? 1 : Math.max(0.5, 9 / (step + 9));
    for (const [name, n] of Object.entries(sizes)) {
      const values = fill(`${name} ${step}`, [n]).data;
      store.set(name, values);
      const before = want[name] ?? [];
      if (skipped) continue;
      want[name] = [...values].map((v, i) => (before[i] ?? 0) * (1 - rate) + v * rate);
    }
    plan.write(control, Float32Array.of(1, skipped ? 0 : 1));
    plan.write(averaged.input, averaged.rate(step));
    plan.run();
  }
  averaged.exchange(plan);
  for (const name of store.names()) assertClose(await store.get(name), want[name]!, { name });
  averaged.exchange(plan);
  deepEqual(await store.get("a"), fill("a 12", [5]).data);
  plan.destroy();
  store.destroy();
});

Deno.test("weightAverage refuses a decay of 1", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  throws(() => weightAverage(graph, graph.input("control", [2]), 1), /decay 1: .* \[0, 1\)/);
});
