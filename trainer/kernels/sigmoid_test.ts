import { throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { sigmoid } from "./sigmoid.ts";
import { sigmoid as twin } from "./sigmoid_reference.ts";

// Padding of 3, 2 and 0 channels; one short of 256 and one over; several vec4 of channels.
for (const shape of [[1, 1, 1, 1], [1, 15, 17, 1], [1, 1, 257, 6], [2, 1, 1, 20], [1, 16, 16, 4]]) {
  for (const scale of [1, 10]) {
    Deno.test(`sigmoid() [${shape}] times ${scale} equals its twin and its differences`, () =>
      checkOp({
        operands: { x: fill(`sigmoid ${shape}`, shape, -6, 6) },
        record: (graph, { x }) => sigmoid(graph, x, scale),
        twin: ({ x }) => twin(x, scale),
        atol: 5e-6,
      }));
  }
}

Deno.test("sigmoid() reaches its limits without overflow and keeps NaN", async () => {
  const data = Float32Array.of(NaN, 200, -200, Infinity, -Infinity);
  const shape = [1, 1, 1, 5];
  const got = await runOp({
    operands: { x: { shape, data } },
    record: (graph, { x }) => sigmoid(graph, x, 10),
    upstream: [1, 1, 1, 1, 1],
  });
  assertClose(got.output, [NaN, 10, 0, 10, 0]);
  assertClose(got.gradients.x!, [NaN, 0, 0, 0, 0]);
});

await testOpMixed("sigmoid()", {
  operands: { x: fill("half sigmoid", [2, 3, 5, 6], -6, 6) },
  record: (graph, { x }) => sigmoid(graph, x),
  twin: ({ x }) => twin(x, 1),
});

Deno.test("sigmoid() refuses a scale of zero", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  throws(() => sigmoid(graph, graph.input("x", [1, 1, 1, 4]), 0), /Cannot scale a sigmoid by 0/);
});
