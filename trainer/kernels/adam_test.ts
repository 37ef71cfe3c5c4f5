import { deepEqual, ok, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { readNpy } from "../formats/npy.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Shape } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { adam, type AdamOptions } from "./adam.ts";
import { adamReference, type AdamReferenceState } from "./adam_reference.ts";

const gpu = await testGpu();

interface Given {
  readonly shape: Shape;
  readonly value: Float32Array;
  /** One per step. */
  readonly gradients: readonly Float32Array[];
}

/** Value and moments of each parameter after each step. */
async function onGpu(
  given: Readonly<Record<string, Given>>,
  learningRates: readonly number[],
  options: AdamOptions,
  control = [1, 1],
  onto: Gpu = gpu,
): Promise<Record<string, { value: Float32Array; m: Float32Array; v: Float32Array }>[]> {
  const store = new ParameterStore(onto);
  const graph = new Graph(onto, store, "train");
  for (const [name, { shape }] of Object.entries(given)) graph.parameter(name, shape);
  const optimiser = adam(graph, graph.constant("control", Float32Array.from(control)), options);
  const plan = await graph.build();
  for (const [name, { value }] of Object.entries(given)) store.set(name, value);
  const steps = [];
  for (let step = 1; step <= learningRates.length; step++) {
    for (const [name, { gradients }] of Object.entries(given)) {
      store.set(name, gradients[step - 1]!, "gradients");
    }
    plan.write(optimiser.input, optimiser.hyper(learningRates[step - 1]!, step));
    plan.run();
    const after: Record<string, { value: Float32Array; m: Float32Array; v: Float32Array }> = {};
    for (const name of store.names()) {
      const [value, m, v] = [
        await store.get(name),
        await store.get(name, "m"),
        await store.get(name, "v"),
      ];
      after[name] = { value, m, v };
    }
    steps.push(after);
  }
  plan.destroy();
  store.destroy();
  return steps;
}

function given(seed: string): Record<string, Given> {
  const parameter = (name: string, shape: Shape): Given => ({
    shape,
    value: fill(`${seed} ${name}`, shape).data,
    gradients: [1, 2, 3].map((step) => fill(`${seed} ${name} ${step}`, shape).data),
  });
  return {
    "conv.weight": parameter("conv.weight", [5, 3, 3, 3]),
    "conv.bias": parameter("conv.bias", [5]),
    "fc.weight": parameter("fc.weight", [37, 65]), // more than one workgroup
    "scale.weight": parameter("scale.weight", [66]),
  };
}

for (const kind of ["adam", "adamw"] as const) {
  for (const weightDecay of [0, 0.1]) {
    Deno.test(`adam(${kind}, weight decay ${weightDecay}) equals its twin over 3 steps, seed a`, async () => {
      const parameters = given("a");
      const rates = [1e-2, 3e-3, 1e-3];
      const got = await onGpu(parameters, rates, { kind, weightDecay });
      for (const [name, { shape, value, gradients }] of Object.entries(parameters)) {
        const n = value.length;
        const state: AdamReferenceState = {
          value: [...value],
          m: new Array(n).fill(0),
          v: new Array(n).fill(0),
        };
        const decay = shape.length >= 2 ? weightDecay : 0;
        const constants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        rates.forEach((learningRate, i) => {
          adamReference(state, gradients[i]!, i + 1, { kind, learningRate, decay, ...constants });
          const { value, m, v } = got[i]![name]!;
          assertClose(value, state.value, { atol: 2e-7, rtol: 2e-7, name: `${name} step ${i}` });
          assertClose(m, state.m, { atol: 1e-7, name: `m of ${name}` });
          assertClose(v, state.v, { atol: 1e-7, name: `v of ${name}` });
        });
      }
    });
  }
}

Deno.test("adam leaves everything as it is when told to skip", async () => {
  const parameters = given("skip");
  parameters["conv.bias"]!.gradients[0]!.fill(NaN);
  const [after] = await onGpu(parameters, [1], { weightDecay: 0.1 }, [1, 0]);
  for (const [name, { value }] of Object.entries(parameters)) {
    const zero = new Float32Array(value.length);
    deepEqual(after![name], { value, m: zero, v: zero });
  }
});

Deno.test("adam scales the gradients by the clipping factor", async () => {
  const parameters = given("clip");
  const half = Object.fromEntries(
    Object.entries(parameters).map(([name, p]) => [name, {
      ...p,
      gradients: p.gradients.map((g) => g.map((x) => x / 2)),
    }]),
  );
  deepEqual(await onGpu(parameters, [1e-3], {}, [0.5, 1]), await onGpu(half, [1e-3], {}));
});

Deno.test("adam does the same in ranges, where an adapter binds little at once", async () => {
  const parameters = given("ranges");
  const small = { ...gpu, limits: { maxStorageBufferBindingSize: 4096 } } as unknown as Gpu;
  const options = { weightDecay: 0.1 };
  const want = await onGpu(parameters, [1e-2, 1e-3], options);
  deepEqual(await onGpu(parameters, [1e-2, 1e-3], options, [1, 1], small), want);
});

Deno.test("adam refuses constants out of range and steps before the first", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  graph.parameter("a", [1]);
  const control = graph.input("control", [2]);
  throws(() => adam(graph, control, { beta1: 1 }), /beta1 1: it must be in \[0, 1\)/);
  throws(() => adam(graph, control, { weightDecay: -1 }), RangeError);
  throws(() => adam(graph, control).hyper(1e-3, 0), /Cannot update at step 0/);
});

const reference = new URL("../../../shared/reference/12_joint_step/", import.meta.url);
const need = ignoreWithout({ paths: [reference] });

Deno.test({
  name: "adam equals PyTorch's Adam and AdamW over 5 steps" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const cases = JSON.parse(await Deno.readTextFile(new URL("case.json", reference))).adam;
    const array = async (name: string): Promise<Float32Array> =>
      (await readNpy(new URL(name, reference).pathname)).data as Float32Array;
    for (const { id, optimizer, lr, weight_decay_on_weight: weightDecay, files } of cases) {
      const [initial, grads, want] = [
        await array(files.initial[0]),
        await array(files.grads[0]),
        await array(files.params_after_each_step[0]),
      ];
      const row = (data: Float32Array, i: number): Float32Array => data.slice(64 * i, 64 * i + 64);
      const part = (k: number): Given => ({
        shape: k === 0 ? [1, 64] : [64],
        value: row(initial, k),
        gradients: [0, 1, 2, 3, 4].map((step) => row(grads, 2 * step + k)),
      });
      const kind = optimizer === "AdamW" ? "adamw" : "adam";
      const steps = await onGpu({ weight: part(0), bias: part(1) }, new Array(5).fill(lr), {
        kind,
        weightDecay,
      });
      steps.forEach(({ weight, bias }, step) => {
        const tolerance = { atol: 2e-7, rtol: 0, name: `${id} step ${step + 1}` };
        assertClose(weight!.value, row(want, 2 * step), tolerance);
        assertClose(bias!.value, row(want, 2 * step + 1), tolerance);
      });
      const { m, v } = steps[4]!.weight!;
      assertClose(m, await array(files.exp_avg_weight[0]), { atol: 2e-7, rtol: 0, name: "m" });
      assertClose(v, await array(files.exp_avg_sq_weight[0]), { atol: 2e-7, rtol: 0, name: "v" });
    }
    ok(cases.length >= 3);
  },
});
