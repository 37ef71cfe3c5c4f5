import { deepEqual, equal } from "node:assert/strict";
import { Graph } from "../../trainer/gpu/graph.ts";
import { ParameterStore } from "../../trainer/gpu/parameters.ts";
import { unifuse } from "../../trainer/models/unifuse.ts";
import { testGpu } from "../helpers/run_op.ts";
import { dominantConvolutions } from "./dominant_convolutions.ts";
import { Tape } from "./networks/tape.ts";
import { unifuse as layersOfUnifuse } from "./networks/unifuse.ts";

Deno.test("dominantConvolutions() are the sizes of ResNet's blocks, at UniFuse's full width", () => {
  const found = dominantConvolutions({ height: 128, width: 1, batch: 4 }, 4);
  deepEqual(found.map(({ inputs, height, kernel }) => [inputs, height, kernel]), [
    [64, 32, 3],
    [128, 16, 3],
    [256, 8, 3],
    [512, 4, 3],
  ]);
});

Deno.test("the UniFuse that peers replay has the parameters of the one that is trained", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  unifuse(graph, graph.input("image", [1, 64, 128, 3]), { width: 0.25 });
  const tape = new Tape();
  layersOfUnifuse(tape, tape.image([1, 3, 64, 128]), { height: 64, width: 0.25 });
  const names = [...store.names(), ...store.states()];
  equal(tape.parameters.size, names.length);
  for (const name of names) deepEqual(tape.parameters.get(name), [...store.shape(name)], name);
});
