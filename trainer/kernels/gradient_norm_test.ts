import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { gradientNorm, lossScale } from "./gradient_norm.ts";
import { gradientNormReference, lossScaleReference } from "./gradient_norm_reference.ts";

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

/** One step after the other with a scale of the loss; gradients are given as they are before it. */
async function scaledSteps(start: { scale: number; steps: number }) {
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  graph.parameter("p.bias", [5]);
  const loss = graph.input("loss", [1]);
  const scale = lossScale(graph);
  const { norm, control } = gradientNorm(graph, loss, { maxNorm: 0.5, scale });
  graph.output(norm);
  graph.output(control);
  const plan = await graph.build();
  deepEqual([...await plan.read(scale)], [2 ** 16, 0]);
  plan.write(scale, Float32Array.of(start.scale, start.steps));
  return {
    async step(gradient: Float32Array, value = 1) {
      const [factor] = await plan.read(scale);
      store.set("p.bias", gradient.map((g) => g * factor!), "gradients");
      plan.write(loss, Float32Array.of(value));
      plan.run();
      return {
        norm: (await plan.read(norm))[0]!,
        control: [...await plan.read(control)],
        scale: [...await plan.read(scale)],
      };
    },
    close() {
      plan.destroy();
      store.destroy();
    },
  };
}

const small = fill("scaled", [5], -1, 1).data;

Deno.test("gradientNorm takes the scale of the loss out of norm and factor, and adapts it like its twin", async () => {
  const want = gradientNormReference([small], 1, 0.5);
  let state = { scale: 2 ** 20, steps: 1998 };
  const run = await scaledSteps(state);
  for (const finite of [true, true, true, false, true, false, false, true]) {
    const [before] = [state.scale];
    const got = await run.step(finite ? small : small.with(3, Infinity));
    state = lossScaleReference(state, finite);
    deepEqual(got.scale, [state.scale, state.steps]);
    equal(got.control[1], Number(finite), "skips that step alone");
    if (!finite) continue;
    assertClose([got.norm], [want.norm], { rtol: 2e-6, name: "norm" });
    assertClose([got.control[0]! * before], [want.factor], { rtol: 2e-6, name: "factor" });
  }
  equal(state.scale, 2 ** 18); // doubled once, halved three times
  run.close();
});

Deno.test("gradientNorm doubles no scale beyond 2^24", async () => {
  const run = await scaledSteps({ scale: 2 ** 24, steps: 1999 });
  deepEqual((await run.step(small)).scale, [2 ** 24, 0]);
  run.close();
});

Deno.test("gradientNorm takes a scale below 1 for a fault, and a loss that is not finite at any scale", async () => {
  const bad = small.with(0, NaN);
  const low = await scaledSteps({ scale: 2, steps: 0 });
  deepEqual([(await low.step(bad)).scale[0], (await low.step(small)).control[1]], [1, 1]);
  deepEqual([(await low.step(bad)).scale[0], (await low.step(small)).control[1]], [0.5, 0]);
  low.close();
  const high = await scaledSteps({ scale: 2 ** 16, steps: 0 });
  deepEqual([(await high.step(small, NaN)).control[1], (await high.step(small)).control[1]], [
    0,
    0,
  ]);
  high.close();
});

Deno.test("gradientNorm refuses a negative norm", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  throws(() => gradientNorm(graph, graph.input("loss", [1]), { maxNorm: -1 }), RangeError);
});
