import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { add } from "../kernels/add.ts";
import { concat } from "../kernels/concat.ts";
import { elu } from "../kernels/elu.ts";
import { type Gpu, openGpu } from "./device.ts";
import { f32, Graph, read, spread, target, type Tensor, words, write } from "./graph.ts";
import code from "./graph_test.wgsl" with { type: "text" };
import { ParameterStore } from "./parameters.ts";

const gpu = await openGpu();

/** y = a x, the smallest op there is. */
function scale(graph: Graph, x: Tensor, a: number): Tensor {
  const y = graph.result(`scale ${a}`, x.shape, [x]);
  const shader = { file: "graph_test.wgsl", code, entryPoint: "scale" };
  const n = words(x);
  const workgroups = spread(n, 64);
  graph.dispatch({
    label: "scale",
    shader,
    uniforms: [n, f32(a), 0],
    bindings: [read(x), write(y)],
    workgroups,
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = graph.contribute(x);
    if (!dy || !dx) return;
    const bindings = [read(dy), { tensor: dx.tensor, access: target(dx) }];
    const uniforms = [n, f32(a), dx.accumulate ? 1 : 0];
    graph.dispatch({ label: "scale backward", shader, uniforms, bindings, workgroups });
  });
  return y;
}

function ones(n: number): Float32Array {
  return new Float32Array(n).fill(1);
}

Deno.test("Graph sums the gradients of a tensor that is used twice", async () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [1, 1, 5, 4], { requiresGradient: true });
  const h = scale(graph, x, 2);
  const [y, z] = [scale(graph, h, 3), scale(graph, h, 5)];
  const seed = graph.constant("seed", ones(20));
  const observed = graph.output(x);
  graph.differentiateFrom([{ tensor: y, gradient: seed }, { tensor: z, gradient: seed }]);
  const dx = graph.output(graph.gradient(observed)!);
  const plan = await graph.build();
  plan.write(x, ones(20));
  plan.run();
  deepEqual([...await plan.read(dx)], [...ones(20)].map(() => 16));
  plan.destroy();
});

Deno.test("Graph gives images of a batch that no slice covers a zero gradient", async () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [3, 4, 4, 4], { requiresGradient: true });
  const h = scale(graph, x, 2);
  const y = scale(graph, graph.slice(h, 1, 1), 3);
  graph.differentiateFrom([{ tensor: y, gradient: graph.constant("seed", ones(64)) }]);
  const dx = graph.output(graph.gradient(x)!);
  const plan = await graph.build();
  for (let run = 0; run < 2; run++) plan.run();
  const got = await plan.read(dx);
  deepEqual([got[0], got[63], got[64], got[127], got[128], got[191]], [0, 0, 6, 6, 0, 0]);
  plan.destroy();
});

Deno.test("Graph reuses the memory of tensors whose last use is past", async () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const x = graph.input("x", [1, 16, 16, 4]);
  let h = x;
  for (let k = 0; k < 10; k++) h = scale(graph, h, 1);
  graph.output(h);
  const plan = await graph.build();
  const slots = plan.bytes - x.bytes - 10 * 256;
  equal(slots, 2 * x.bytes);
  plan.destroy();
});

Deno.test("Graph refuses what cannot run, with the reason", async () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const x = graph.input("x", [2, 3, 3, 4]);
  throws(() => graph.slice(x, 1, 1), /Cannot slice "x" at image 1: byte 144 is no multiple of 256/);
  throws(() => graph.slice(x, 1, 2), /Cannot slice 2 images from 1 of "x": it has 2/);
  throws(
    () => graph.reshape(x, [2, 3, 3, 8]),
    /Cannot reshape "x" from \[2,3,3,4\] to \[2,3,3,8\]/,
  );
  throws(() => graph.differentiate(x), /a trained scalar \[1\] is needed/);
  const broken = { file: "broken.wgsl", code: "fn main() {\n  let a = b;\n}", entryPoint: "main" };
  graph.dispatch({ label: "broken", shader: broken, bindings: [read(x)], workgroups: [1] });
  await rejects(graph.build(), /broken\.wgsl:2:\d+/);
});

/** A device that has no memory left. */
function forgetful(): GPUDevice {
  return new Proxy(gpu.device, {
    get: (target, key) => {
      if (key === "popErrorScope") return () => target.popErrorScope().then(() => new Error("oom"));
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A graph on an adapter of other limits, or whose device fails. */
function limited(change: Partial<Gpu>): { graph: Graph; x: Tensor } {
  const other = { ...gpu, ...change };
  const graph = new Graph(other, new ParameterStore(other), "train");
  return { graph, x: graph.input("x", [1, 4, 4, 4]) };
}

Deno.test("Graph says which tensor is larger than what the adapter binds, and when memory is short", async () => {
  const small = limited({
    limits: { ...gpu.limits, maxStorageBufferBindingSize: 255, maxBufferSize: 1000 },
  });
  doubled(small);
  await rejects(
    small.graph.build(),
    /^RangeError: Cannot bind "x" of 256 bytes: this adapter binds at most 255$/,
  );

  const short = limited({ device: forgetful() });
  doubled(short);
  await rejects(
    short.graph.build(),
    /Cannot make the buffers of a network, \d+ bytes .* has not that much memory$/,
  );
});

function doubled({ graph, x }: { graph: Graph; x: Tensor }): Tensor {
  return graph.output(scale(graph, x, 2));
}

Deno.test("Graph refuses to read what nothing wrote, and to give what it did not keep", async () => {
  const { graph, x } = limited({});
  const h = scale(graph, x, 2);
  const y = doubled({ graph, x: h });
  const plan = await graph.build();
  const other = new Graph(gpu, graph.store, "train").input("z", [4]);
  throws(() => plan.write(other, ones(4)), /Cannot reach "z": it is not part of this plan/);
  throws(
    () => plan.write(x, ones(65)),
    /Cannot write 260 bytes at word 0 of "x": it has 256 bytes/,
  );
  equal((await plan.read(y)).length, 64);
  await rejects(graph.build(), /Cannot build a graph again: record another one/);
  plan.destroy();

  const unwritten = limited({}).graph;
  doubled({ graph: unwritten, x: unwritten.temp("t", [1, 4, 4, 4]) });
  await rejects(unwritten.build(), /Cannot plan step 0: it reads "t", which nothing wrote/);
  const dispatch = { label: "wide", shader: { file: "", code, entryPoint: "scale" }, bindings: [] };
  throws(
    () => unwritten.dispatch({ ...dispatch, workgroups: [65536] }),
    /Cannot dispatch "wide": 65536 workgroups, each must be 1 … 65535/,
  );
});

Deno.test("ParameterStore keeps PyTorch's numbers through the layout of the kernels", async () => {
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const weight = graph.parameter("conv.weight", [3, 5, 2, 2]);
  equal(weight.bytes, 4 * 2 * 2 * 8 * 4);
  const data = Float32Array.from({ length: 60 }, (_, i) => i + 1);
  store.set("conv.weight", data);
  const y = scale(graph, weight, 2);
  graph.differentiateFrom([{ tensor: y, gradient: graph.constant("seed", ones(128)) }]);
  const plan = await graph.build();
  plan.run();
  deepEqual(await store.get("conv.weight"), data);
  deepEqual(await store.get("conv.weight", "gradients"), new Float32Array(60).fill(2));
  throws(
    () => store.set("conv.weight", ones(7)),
    /Cannot set "conv.weight" of shape \[3,5,2,2\]: 7 numbers are given, not 60/,
  );
  throws(() => store.declare("late", [4], "values"), /record the training graph first/);
  throws(
    () => store.declare("conv.weight", [3], "values"),
    /Cannot declare "conv.weight" as \[3\] in values: it is already \[3,5,2,2\] in values/,
  );
  throws(() => store.shape("bias"), /Cannot find parameter "bias": the store has 1 others/);
  plan.destroy();
  store.destroy();
});

Deno.test("Graph with recompute keeps less memory and gives the same gradients to the bit", async () => {
  const seed = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i));
  /** Thirty times: a costly op that must be kept, then two cheap ones whose results the backward pass reads again. */
  const run = async (recompute: boolean): Promise<{ bytes: number; dx: Float32Array }> => {
    const graph = new Graph(gpu, new ParameterStore(gpu), "train");
    const x = graph.input("x", [1, 32, 32, 4], { requiresGradient: true });
    let h = x;
    for (let k = 0; k < 30; k++) {
      h = scale(graph, h, 0.97);
      const cheap = concat(graph, [elu(graph, h)]);
      h = add(graph, cheap, elu(graph, cheap)); // elu's slope is taken from its result
    }
    const gradient = graph.constant("seed", seed);
    graph.differentiateFrom([{ tensor: h, gradient }]);
    const dx = graph.output(graph.gradient(x)!);
    const plan = await graph.build({ recompute });
    plan.write(x, Float32Array.from({ length: 4096 }, (_, i) => Math.cos(3 * i)));
    for (let k = 0; k < 2; k++) plan.run();
    const result = { bytes: plan.bytes, dx: await plan.read(dx) };
    plan.destroy();
    return result;
  };
  const [kept, again] = [await run(false), await run(true)];
  deepEqual(again.dx, kept.dx);
  ok(again.dx.some((v) => v !== 0));
  ok(again.bytes < 0.75 * kept.bytes, `${again.bytes} of ${kept.bytes}`);
});

Deno.test("ParameterStore.copy() has the same values and statistics, and its own from then on", async () => {
  const store = new ParameterStore(gpu);
  store.declare("w", [4], "values");
  store.declare("mean", [4], "states");
  const [first, second] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)];
  store.set("w", first);
  store.set("mean", second);
  const copy = await store.copy();
  store.set("w", second);
  deepEqual([await copy.get("w"), await copy.get("mean")], [first, second]);
  copy.take(store);
  deepEqual(await copy.get("w"), second);
  for (const one of [store, copy]) one.destroy();

  const short = new ParameterStore({ ...gpu, device: forgetful() });
  short.declare("w", [4], "values");
  await rejects(
    short.copy(),
    /^RangeError: Cannot copy the parameters, 256 bytes: the adapter has not that much memory$/,
  );
});
