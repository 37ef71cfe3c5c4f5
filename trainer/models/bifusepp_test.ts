import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { fill } from "../../tests/helpers/fill.ts";
import { padChannels, unpadChannels } from "../../tests/helpers/padding.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { bifusepp } from "./bifusepp.ts";
import { initialise } from "./initialise.ts";
import { findStudent } from "./student.ts";

async function recorder(mode: "train" | "evaluate" = "train") {
  const store = new ParameterStore(await testGpu());
  return { store, graph: new Graph(store.gpu, store, mode) };
}

/** Numbers in all tensors whose names start so. */
function count(store: ParameterStore, prefix: string): number {
  return store.names().filter((name) => name.startsWith(prefix))
    .reduce((sum, name) => sum + store.shape(name).reduce((a, b) => a * b, 1), 0);
}

Deno.test("bifusepp() has the published parameters, part by part", async () => {
  // Topic 8 of the parity suite compares the whole network; here: its size and names.
  const { graph, store } = await recorder();
  const y = bifusepp(graph, graph.input("image", [2, 128, 256, 3]));
  deepEqual(y.shape, [2, 128, 256, 1]);
  equal(store.count(), 52487905);
  const encoders = ["equi", "cube"].map((name) => count(store, `dnet.resnet_${name}.`));
  deepEqual(encoders, [21284672, 21284672]); // ResNet-34 without its classifier
  const fusions = [1, 2, 3, 4].map((level) => count(store, `dnet.f${level}.`));
  deepEqual(fusions, [25152, 99456, 395520, 1577472]);
  const decoder = [4, 3, 2, 1].map((level) => count(store, `dnet.deconv${level}.`));
  deepEqual(decoder, [4721664, 2360832, 590592, 147873]);
  deepEqual(store.shape("dnet.deconv1.2.weight"), [1, 32, 1, 1]);
});

Deno.test("bifusepp() keeps its names and depth at a smaller width, and has the same in both modes", async () => {
  const stores = [];
  for (const [width, mode] of [[1, "train"], [0.5, "train"], [0.25, "evaluate"]] as const) {
    const { graph, store } = await recorder(mode);
    findStudent("bifusepp").record(graph, graph.input("image", [1, 128, 256, 3]), { width });
    stores.push(store);
  }
  for (const store of stores.slice(1)) {
    deepEqual(store.names(), stores[0]!.names());
    deepEqual(store.states(), stores[0]!.states());
  }
  const counts = stores.map((store) => store.count());
  ok(counts[0]! / counts[1]! > 3.9 && counts[1]! / counts[2]! > 3.9, `${counts}`);
});

Deno.test("bifusepp() refuses panoramas whose deepest faces are single pixels", async () => {
  const { graph } = await recorder();
  throws(
    () => bifusepp(graph, graph.input("image", [1, 64, 128, 3]), { width: 0.25 }),
    /^RangeError: Cannot build BiFuse\+\+ grid as sizes must be at least 2/,
  );
});

Deno.test("bifusepp() gives each panorama of a batch its own map", async () => {
  const { graph, store } = await recorder("evaluate");
  const shape = [2, 128, 256, 3];
  const image = graph.input("image", shape);
  const y = graph.output(bifusepp(graph, image, { width: 0.25 }));
  const plan = await graph.build();
  initialise(store, 3, []);
  const predict = async (seeds: string[]): Promise<Float32Array[]> => {
    const both = seeds.flatMap((seed) => [...fill(seed, [shape[1]! * shape[2]! * 3]).data]);
    plan.write(image, padChannels(both, shape));
    plan.run();
    const map = unpadChannels(await plan.read(y), y.shape, "the map");
    return [map.slice(0, map.length / 2), map.slice(map.length / 2)];
  };
  const [a, b] = await predict(["a", "b"]);
  deepEqual(await predict(["b", "a"]), [b, a]);
  ok(a!.every(Number.isFinite) && a!.some((value, i) => value !== b![i]));
  plan.destroy();
  store.destroy();
});
