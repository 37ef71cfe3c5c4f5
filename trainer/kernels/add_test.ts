import { throws } from "node:assert/strict";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { add } from "./add.ts";
import { add as twin } from "./add_reference.ts";

// One vec4; one short of 256 and one over; one over a workgroup's 512; padding.
for (const shape of [[1, 1, 1, 1], [1, 15, 17, 4], [1, 1, 257, 4], [1, 27, 19, 4], [2, 3, 5, 6]]) {
  Deno.test(`add() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { a: fill(`add a ${shape}`, shape), b: fill(`add b ${shape}`, shape) },
      record: (graph, { a, b }) => add(graph, a, b),
      twin: ({ a, b }) => twin(a, b),
    }));
}

Deno.test("add() of a tensor to itself doubles its gradient", () =>
  checkOp({
    operands: { a: fill("add twice", [1, 3, 3, 4]) },
    record: (graph, { a }) => add(graph, a, a),
    twin: ({ a }) => twin(a, a),
  }));

await testOpMixed("add()", {
  operands: { a: fill("half a", [1, 3, 21, 8]), b: fill("half b", [1, 3, 21, 8]) },
  record: (graph, { a, b }) => add(graph, a, b),
  twin: ({ a, b }) => twin(a, b),
});

Deno.test("add() refuses tensors of different shapes", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const [a, b] = [graph.input("a", [1, 2, 2, 4]), graph.input("b", [1, 2, 2, 8])];
  throws(() => add(graph, a, b), /"a" and "b".*\[1,2,2,4\] and \[1,2,2,8\]/);
});
