import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { gradientNorm } from "./gradient_norm.ts";
import { gradientNormReference } from "./gradient_norm_reference.ts";

const gpu = await testGpu();

/** Norm and control for given gradients of parameters `[n]`. */
async function onGpu(
  gradients: readonly Float32Array[],
  loss: number,
  maxNorm?: number,
  onto: Gpu = gpu,
): Promise<{ norm: number; control: number[] }> {
  const store = new ParameterStore(onto);
  const graph = new Graph(onto, store, "train");
  gradients.forEach((g, i) => graph.parameter(`p${i}.bias`, [g.length]));
  const scalar = graph.input("loss", [1]);
  const { norm, control } = gradientNorm(graph, scalar, { maxNorm });
  graph.output(norm);
  graph.output(control);
  const plan = await graph.build();
  plan.write(scalar, Float32Array.of(loss));
  gradients.forEach((g, i) => store.set(`p${i}.bias`, g, "gradients"));
  plan.run();
  const result = { norm: (await plan.read(norm))[0]!, control: [...await plan.read(control)] };
  plan.destroy();
  store.destroy();
  return result;
}

for (const sizes of [[1], [3, 5, 64], [257, 40000, 1, 33333]]) {
  Deno.test(`gradientNorm of ${sizes} numbers equals its twin, seed n`, async () => {
    const gradients = sizes.map((n, i) => fill(`n ${i}`, [n], -2, 1).data);
    for (const maxNorm of [0, 0.5, 1e6]) {
      const want = gradientNormReference(gradients, 1, maxNorm);
      const got = await onGpu(gradients, 1, maxNorm);
      assertClose([got.norm], [want.norm], { rtol: 2e-6, name: "norm" }); // f32 sums of up to 73 591 squares
      assertClose(got.control, [want.factor, 1], { rtol: 2e-6, name: "control" });
    }
  });
}

Deno.test("gradientNorm adds up ranges, where an adapter binds little at once", async () => {
  const gradients = [fill("ranges", [700]).data];
  const small = { ...gpu, limits: { maxStorageBufferBindingSize: 1024 } } as unknown as Gpu;
  const { norm } = await onGpu(gradients, 1, 0, small);
  assertClose([norm], [gradientNormReference(gradients, 1, 0).norm], { rtol: 1e-6 });
});

Deno.test("gradientNorm says skip when the loss or a gradient is not finite", async () => {
  const good = fill("good", [100]).data;
  for (const bad of [NaN, Infinity, -Infinity]) {
    equal((await onGpu([good], bad)).control[1], 0);
    equal((await onGpu([good, good.with(99, bad)], 1)).control[1], 0);
  }
  equal((await onGpu([good.with(0, 3e38)], 1)).control[1], 0); // the square overflows
  deepEqual(await onGpu([new Float32Array(9)], 0, 1), { norm: 0, control: [1, 1] });
});

Deno.test("gradientNorm says skip for good after one loss or gradient that was not finite", async () => {
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  graph.parameter("p.bias", [5]);
  const scalar = graph.input("loss", [1]);
  const control = graph.output(gradientNorm(graph, scalar).control);
  const plan = await graph.build();
  const good = fill("good", [5]).data;
  const runs = [[good, 1], [good.with(2, NaN), 1], [good, 1], [good, 2]] as const;
  let fault = false;
  for (const [gradient, loss] of runs) {
    store.set("p.bias", gradient, "gradients");
    plan.write(scalar, Float32Array.of(loss));
    plan.run();
    const { step } = gradientNormReference([gradient], loss, 0, fault);
    equal((await plan.read(control))[1], Number(step));
    fault ||= !step;
  }
  ok(fault);
  plan.destroy();
  store.destroy();
});

Deno.test("gradientNorm refuses a negative norm", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  throws(() => gradientNorm(graph, graph.input("loss", [1]), { maxNorm: -1 }), RangeError);
});
