import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { bifusepp } from "./bifusepp.ts";
import { initialise, initialiseEncoders } from "./initialise.ts";
import { perspectiveEncoder, perspectiveNet } from "./perspective_net.ts";
import { findStudent } from "./student.ts";

async function network(width = 0.25): Promise<ParameterStore> {
  const store = new ParameterStore(await testGpu());
  const graph = new Graph(store.gpu, store, "train");
  perspectiveNet(graph, graph.input("image", [1, 64, 64, 3]), { width });
  return store;
}

function moments(data: Float32Array): { mean: number; deviation: number } {
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  const square = data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length;
  return { mean, deviation: Math.sqrt(square) };
}

Deno.test("initialise() is a pure function of seed and name", async () => {
  const [a, b, c] = [await network(), await network(), await network()];
  [1, 1, 2].forEach((seed, i) => initialise([a, b, c][i]!, seed, [perspectiveEncoder]));
  const name = "encoder.layer2.0.conv1.weight";
  deepEqual(await a.getAll("values"), await b.getAll("values"));
  notDeepEqual(await a.get(name), await c.get(name));
  const twin = await a.get("encoder.layer2.1.conv1.weight");
  notDeepEqual((await a.get(name)).slice(0, 100), twin.slice(0, 100));
});

Deno.test("initialise() draws both encoders of BiFuse++ as He et al. do, its fusions as PyTorch does", async () => {
  const store = new ParameterStore(await testGpu());
  const graph = new Graph(store.gpu, store, "train");
  bifusepp(graph, graph.input("image", [1, 128, 256, 3]), { width: 0.25 });
  initialise(store, 5, findStudent("bifusepp").encoders);
  for (const name of ["equi", "cube"]) {
    const { deviation } = moments(await store.get(`dnet.resnet_${name}.layer4.0.conv2.weight`));
    ok(Math.abs(deviation / Math.sqrt(2 / (128 * 9)) - 1) < 0.01, `${deviation}`);
  }
  for (const name of ["weight", "bias"]) {
    const values = await store.get(`dnet.f4.conv_cat.0.${name}`); // fan in: 256
    const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    ok(largest <= 1 / 16 && largest > 0.9 / 16, `${largest}`);
  }
});

Deno.test("initialise() draws encoders as He et al. do and other layers as PyTorch does", async () => {
  const store = await network();
  initialise(store, 5, [perspectiveEncoder]);
  const encoder = moments(await store.get("encoder.layer4.0.conv2.weight")); // fan out: 128 * 9
  ok(Math.abs(encoder.deviation / Math.sqrt(2 / (128 * 9)) - 1) < 0.01, `${encoder.deviation}`);
  ok(Math.abs(encoder.mean) < 0.001);
  const decoder = await store.get("decoder.upconv_5.conv.conv.weight");
  const bound = 1 / Math.sqrt(store.shape("decoder.upconv_5.conv.conv.weight")[1]! * 9);
  const largest = decoder.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  ok(largest <= bound && largest > 0.99 * bound, `${largest} of ${bound}`);
  ok(Math.abs(moments(decoder).deviation / (bound / Math.sqrt(3)) - 1) < 0.02);
  const bias = await store.get("decoder.upconv_5.conv.conv.bias");
  ok(bias.some((x) => x !== 0) && bias.every((x) => Math.abs(x) <= bound));
  const norm = ["weight", "bias", "running_mean", "running_var"].map((what) =>
    store.get(`encoder.bn1.${what}`)
  );
  deepEqual((await Promise.all(norm)).map((data) => [...new Set(data)]), [[1], [0], [0], [1]]);
});

Deno.test("initialise() takes for encoders what it is told to, whatever the names are", async () => {
  const store = await network();
  const name = "encoder.layer4.0.conv2.weight";
  initialise(store, 5, ["decoder."]);
  const bound = 1 / Math.sqrt(128 * 9);
  const largest = (data: Float32Array) => data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  ok(largest(await store.get(name)) <= bound);
  ok(largest(await store.get("decoder.upconv_5.conv.conv.weight")) > bound);
});

Deno.test("initialiseEncoders() copies an encoder with its statistics and leaves the rest", async () => {
  const store = await network();
  initialise(store, 1, [perspectiveEncoder]);
  const names = [...store.names(), ...store.states()].filter((name) => name.startsWith("encoder."));
  const weights = new Map(names.map((name) => {
    const shape = store.shape(name);
    const count = shape.reduce((a, b) => a * b, 1);
    return [name, { shape, data: new Float32Array(count).fill(2) }];
  }));
  const head = await store.get("decoder.depthconv_0.conv.weight");
  initialiseEncoders(store, ["encoder."], weights, "teacher.onnx");
  for (const name of names) ok((await store.get(name)).every((x) => x === 2), name);
  deepEqual(await store.get("decoder.depthconv_0.conv.weight"), head);
  equal(names.length, 100); // 20 convolutions, 20 norms of four tensors

  throws(
    () => initialiseEncoders(store, ["encoder."], new Map(), "teacher.onnx"),
    /its "encoder\.conv1\.weight" is missing, "encoder\.conv1\.weight" needs \[16,3,7,7\]/,
  );
  weights.set("encoder.conv1.weight", { shape: [32, 3, 7, 7], data: new Float32Array(4704) });
  throws(
    () => initialiseEncoders(store, ["encoder."], weights, "teacher.onnx"),
    /"encoder\.conv1\.weight" is \[32,3,7,7\], .* needs \[16,3,7,7\]; choose its width or/,
  );
});
