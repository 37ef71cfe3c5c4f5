import { throws } from "node:assert/strict";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { stack } from "./stack.ts";
import { stack as twin } from "./stack_reference.ts";

for (const image of [[1, 1, 1], [3, 5, 3], [9, 15, 8]]) {
  Deno.test(`stack() of images [${image}] equals its twin and its differences`, () =>
    checkOp({
      operands: {
        a: fill(`stack a ${image}`, [2, ...image]),
        b: fill(`stack b ${image}`, [3, ...image]),
      },
      record: (graph, { a, b }) => stack(graph, [a, b]),
      twin: ({ a, b }) => twin([a, b]),
      samples: 12,
    }));
}

await testOpMixed("stack()", {
  operands: { a: fill("half a", [2, 3, 5, 8]), b: fill("half b", [3, 3, 5, 8]) },
  record: (graph, { a, b }) => stack(graph, [a, b]),
  twin: ({ a, b }) => twin([a, b]),
});

Deno.test("stack() refuses images of different shapes", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "evaluate");
  const a = graph.input("a", [1, 4, 4, 3]);
  throws(
    () => stack(graph, [a, graph.input("b", [1, 4, 8, 3])]),
    /Cannot stack "b" of shape \[1,4,8,3\]/,
  );
});
