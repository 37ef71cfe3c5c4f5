import { deepEqual, equal, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { elu } from "../kernels/elu.ts";
import { type Gpu, openGpu } from "./device.ts";
import { Graph } from "./graph.ts";
import { ParameterStore } from "./parameters.ts";
import type { Plan } from "./plan.ts";
import { bestProfile, type ProfileRow } from "./profile.ts";
import { timestampPeriod } from "./timestamp_period.ts";
import type { Clock } from "./timing.ts";

const labels = ["elu forward", "elu forward", "clear d elu", "elu backward", "elu backward"];

/** One image of three goes on, so that the gradient of the others has to be cleared. */
async function somePlan(gpu: Gpu): Promise<Plan> {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const h = elu(graph, graph.input("x", [3, 64, 64, 8], { requiresGradient: true }));
  const y = elu(graph, graph.slice(h, 1, 1));
  graph.differentiateFrom([{ tensor: y, gradient: graph.input("dy", y.shape) }]);
  return await graph.build();
}

/** A device of its own on which the timestamps of some spans are zero. */
async function withZeros(...spans: number[]): Promise<Gpu> {
  const gpu = await openGpu();
  await timestampPeriod(gpu); // as long as the clock goes
  const { device } = gpu;
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) =>
    createBuffer({ ...descriptor, usage: descriptor.usage | GPUBufferUsage.COPY_DST });
  const createCommandEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = createCommandEncoder(descriptor);
    const resolve = encoder.resolveQuerySet.bind(encoder);
    encoder.resolveQuerySet = (set, first, count, to, offset) => {
      resolve(set, first, count, to, offset);
      for (const span of spans) encoder.clearBuffer(to, 16 * span, 16);
    };
    return encoder;
  };
  return gpu;
}

function clocks(rows: readonly ProfileRow[]): Clock[] {
  deepEqual(rows.map(({ label }) => label), labels);
  for (const { seconds } of rows) ok(seconds > 0 && seconds < 1, `${seconds} s`);
  return rows.map(({ clock }) => clock);
}

const { timestamps } = await testGpu();

Deno.test({
  name: "profile() takes timestamps of all commands in order, one after the other",
  ignore: !timestamps,
  async fn() {
    const plan = await somePlan(await testGpu());
    await plan.profile(); // compiles
    const start = performance.now();
    const rows = await plan.profile();
    const wall = (performance.now() - start) / 1000;
    deepEqual(new Set(clocks(rows)), new Set(["timestamps"]));
    const sum = rows.reduce((sum, { seconds }) => sum + seconds, 0);
    ok(sum <= wall, `${sum} s of ${wall} s`);
    plan.destroy();
  },
});

Deno.test({
  name: "profile() takes the wall clock for the commands whose timestamps are zero",
  ignore: !timestamps,
  async fn() {
    const plan = await somePlan(await withZeros(1, 2));
    const by = clocks(await plan.profile());
    deepEqual(by, ["timestamps", "waits", "waits", "timestamps", "timestamps"]);
    plan.destroy();
  },
});

Deno.test("profile() without timestamps repeats each command on a GPU, and waits for it on a software adapter", async () => {
  for (const [kind, clock] of [["gpu", "repeats"], ["cpu", "waits"]] as const) {
    const plan = await somePlan({ ...await testGpu(), kind, timestamps: false });
    deepEqual(clocks(await plan.profile()), labels.map(() => clock));
    plan.destroy();
  }
});

Deno.test("bestProfile() keeps the shortest of each row, with its clock", async () => {
  const row = (seconds: number, clock: Clock): ProfileRow => {
    return {
      label: "elu forward",
      phase: "forward",
      seconds,
      clock,
      flops: 0,
      executed: 0,
      traffic: 8,
    };
  };
  const runs = [
    [row(3, "waits"), row(1, "timestamps")],
    [row(2, "timestamps"), row(2, "waits")],
    [row(9, "waits"), row(9, "waits")],
  ];
  const best = await bestProfile(() => Promise.resolve(runs.shift()!), 3);
  deepEqual(best, [row(2, "timestamps"), row(1, "timestamps")]);
  equal(runs.length, 0);
});
