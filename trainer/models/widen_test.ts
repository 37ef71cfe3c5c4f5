import { deepEqual, notDeepEqual, ok, throws } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { copyWeights, initialise, type NamedWeights } from "./initialise.ts";
import { perspectiveEncoder, perspectiveNet } from "./perspective_net.ts";
import { widen } from "./widen.ts";

async function network(width: number) {
  const store = new ParameterStore(await testGpu());
  const graph = new Graph(store.gpu, store, "evaluate");
  const image = graph.input("image", [1, 32, 32, 3]);
  const output = graph.output(perspectiveNet(graph, image, { width }));
  const plan = await graph.build();
  const names = [...store.names(), ...store.states()];
  const shapes = new Map(names.map((name) => [name, store.shape(name)]));
  const predict = async (): Promise<Float32Array> => {
    const pixels = Float32Array.from({ length: image.bytes / 4 }, (_, i) => Math.sin(i * i));
    plan.write(image, pixels.map((value, i) => i % 4 < 3 ? value : 0));
    plan.run();
    return (await plan.read(output)).filter((_, i) => i % 4 === 0);
  };
  return { store, shapes, predict, destroy: () => plan.destroy() };
}

async function weightsOf(store: ParameterStore): Promise<NamedWeights> {
  const all = [...await store.getAll("values"), ...await store.getAll("states")];
  return new Map(all.map(([name, data]) => [name, { shape: store.shape(name), data }]));
}

Deno.test("A widened network computes what the narrow one does, by channels that differ", async () => {
  const narrow = await network(0.25);
  const wide = await network(0.375);
  initialise(narrow.store, 3, [perspectiveEncoder]);
  const weights = widen(await weightsOf(narrow.store), wide.shapes, 1);
  copyWeights(wide.store, weights, "a narrow network");
  const before = await narrow.predict();
  const after = await wide.predict();
  const spread = Math.max(...before) - Math.min(...before);
  const worst = Math.max(...after.map((value, i) => Math.abs(value - before[i]!)));
  ok(spread > 0 && worst < 1e-4 * spread, `${worst} of ${spread}`);

  const { shape: [, inputs], data } = weights.get("encoder.layer2.0.conv1.weight")!;
  const taps = (channel: number) => data.slice(channel * 9, channel * 9 + 9);
  deepEqual(inputs, 24); // 16 and copies of the first eight, whose shares differ
  notDeepEqual(taps(0), taps(16));
  narrow.destroy();
  wide.destroy();
});

Deno.test("widen() refuses to make a network narrower, or one that lacks a tensor", () => {
  const weights: NamedWeights = new Map([
    ["encoder.conv1.weight", { shape: [16, 3, 7, 7], data: new Float32Array(16 * 147) }],
  ]);
  throws(
    () => widen(weights, new Map([["encoder.conv1.weight", [8, 3, 7, 7]]]), 0),
    /Cannot make "encoder.conv1.weight" of \[16,3,7,7\] into \[8,3,7,7\]/,
  );
  throws(
    () => widen(weights, new Map([["encoder.bn1.bias", [16]]]), 0),
    /without "encoder.bn1.bias"/,
  );
});
