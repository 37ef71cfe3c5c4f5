import { deepEqual, throws } from "node:assert/strict";
import { fill } from "../../tests/helpers/fill.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { countValid } from "./count_valid.ts";
import { countValidReference } from "./count_valid_reference.ts";

for (const [n, h, w] of [[1, 1, 1], [3, 5, 13], [70, 9, 8]] as const) {
  Deno.test(`countValid() of ${n}x${h}x${w} equals its twin, seed m`, async () => {
    const mask = fill("m", [n, h, w, 1], 0, 1);
    mask.data.fill(0.5, 0, h * w); // not above it: an item without a valid pixel
    mask.data[mask.data.length - 1] = NaN;
    const { output } = await runOp({
      operands: { mask: { ...mask, kind: "data" } },
      record: (graph, { mask }) => countValid(graph, mask),
    });
    deepEqual([...output], countValidReference(mask.data, h * w));
  });
}

Deno.test("countValid() refuses what is no mask", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "train");
  throws(() => countValid(graph, graph.input("x", [1, 4, 8, 3])), /"x" of shape \[1,4,8,3\]/);
});
