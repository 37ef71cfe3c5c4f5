import { equal, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { elu } from "../kernels/elu.ts";
import type { Gpu } from "./device.ts";
import { Graph } from "./graph.ts";
import { ParameterStore } from "./parameters.ts";
import { repeats } from "./repeats.ts";
import type { Timing } from "./timing.ts";

/** A small op by itself; also the seconds that it took to find out. */
async function timed(gpu: Gpu): Promise<Timing & { wall: number }> {
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  graph.output(elu(graph, graph.input("x", [1, 64, 64, 8])));
  const plan = await graph.build();
  await plan.time("forward"); // compiles
  const start = performance.now();
  const timing = await plan.time("forward");
  const wall = (performance.now() - start) / 1000;
  plan.destroy();
  return { ...timing, wall };
}

const adapter = await testGpu();

Deno.test({
  name: "Plan.time() takes the GPU's timestamps where there are some",
  ignore: !adapter.timestamps,
  async fn() {
    const { clock, seconds, wall } = await timed(adapter);
    equal(clock, "timestamps");
    ok(seconds > 0 && seconds < wall, `${seconds} s of ${wall} s`);
  },
});

Deno.test("Plan.time() without timestamps repeats for 20 ms on a GPU, and tells the seconds of one", async () => {
  const { clock, seconds, wall } = await timed({ ...adapter, kind: "gpu", timestamps: false });
  equal(clock, "repeats");
  ok(wall > 0.02 && seconds > 0 && seconds < wall / 2, `${seconds} s of ${wall} s`);
});

Deno.test("Plan.time() without timestamps waits once on a software adapter", async () => {
  const { clock, seconds, wall } = await timed({ ...adapter, kind: "cpu", timestamps: false });
  equal(clock, "waits");
  ok(seconds > 0 && seconds <= wall, `${seconds} s of ${wall} s`);
});

Deno.test("repeats() raises the times until the measurement is long enough, and not for ever", async () => {
  const run = (of: number) => (times: number) => Promise.resolve(1e-4 + of * times);
  const { times, seconds } = await repeats(run(1e-5), 0.02);
  ok(seconds >= 0.02 && seconds < 0.04, `${seconds} s`);
  ok(Math.abs(seconds / times / 1e-5 - 1) < 0.01, "the wait is a small part");
  equal((await repeats(run(1), 0.02)).times, 1);
  ok((await repeats(run(0), 0.02)).times >= 1 << 14);
});
