import { deepEqual, equal, ok } from "node:assert/strict";
import { testGpu } from "../helpers/run_op.ts";
import { Graph } from "../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../trainer/gpu/parameters.ts";
import { readBuffer } from "../../trainer/gpu/readback.ts";
import { relu } from "../../trainer/kernels/relu.ts";
import { FastDevice } from "./fast_device.ts";

Deno.test("FastDevice waits for steps that come late, and for no others", async () => {
  let now = 1000;
  const device = new FastDevice(100, () => now);
  await device.done(); // nothing to wait for
  for (const [time, idle] of [[1000, 0], [1040, 0], [1150, 0], [1330, 30]] as const) {
    now = time;
    device.submit();
    equal(device.idle, idle);
  }
});

Deno.test("FastDevice lets the host wait for the steps it was given", async () => {
  const device = new FastDevice(30);
  device.submit();
  const start = performance.now();
  await device.done();
  ok(performance.now() - start >= 25);
});

Deno.test("FastDevice.dropWork() leaves uploads, and runs no shader", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const x = graph.input("x", [1, 1, 1, 4]);
  const y = graph.output(relu(graph, x));
  const plan = await graph.build();
  FastDevice.dropWork(gpu.device);
  try {
    plan.write(x, Float32Array.of(1, 2, 3, 4));
    plan.run();
  } finally {
    delete (gpu.device.queue as Partial<GPUQueue>).submit;
  }
  const read = async (tensor: typeof x) => {
    const { buffer, offset, bytes } = plan.range(tensor);
    return [...await readBuffer(gpu.device, buffer, offset, bytes)];
  };
  deepEqual(await read(x), [1, 2, 3, 4]);
  deepEqual(await read(y), [0, 0, 0, 0]);
  plan.destroy();
});
