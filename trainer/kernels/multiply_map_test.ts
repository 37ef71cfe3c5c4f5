import { throws } from "node:assert/strict";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { multiplyMap } from "./multiply_map.ts";
import { multiplyMap as twin } from "./multiply_map_reference.ts";

// A single pixel; padding; one pixel short of a workgroup and one over.
for (const shape of [[1, 1, 1, 1], [2, 3, 5, 6], [1, 7, 9, 16], [1, 5, 13, 64]]) {
  const map = [...shape.slice(0, 3), 1];
  Deno.test(`multiplyMap() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { x: fill(`map x ${shape}`, shape), m: fill(`map m ${shape}`, map) },
      record: (graph, { x, m }) => multiplyMap(graph, x, m),
      twin: ({ x, m }) => twin(x, m, shape[3]!),
      samples: 12,
    }));
}

await testOpMixed("multiplyMap()", {
  operands: { x: fill("half x", [2, 3, 5, 6]), m: fill("half m", [2, 3, 5, 1]) },
  record: (graph, { x, m }) => multiplyMap(graph, x, m),
  twin: ({ x, m }) => twin(x, m, 6),
});

Deno.test("multiplyMap() refuses a map of another shape", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const x = graph.input("x", [2, 3, 3, 8]);
  const m = graph.input("m", [2, 3, 3, 8]);
  throws(() => multiplyMap(graph, x, m), /"m": its shape is \[2,3,3,8\], not \[2,3,3,1\]/);
});
