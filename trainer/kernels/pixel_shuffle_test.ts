import { deepEqual, throws } from "node:assert/strict";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { pixelShuffle } from "./pixel_shuffle.ts";
import { pixelShuffle as twin } from "./pixel_shuffle_reference.ts";

const shapes = [
  [1, 1, 1, 4],
  [2, 3, 5, 12], // odd sizes, one channel of padding
  [1, 2, 5, 20], // three channels of padding
  [1, 2, 63, 64], // rows one short of a multiple of the strips
  [1, 2, 129, 64], // and one over
  [1, 1, 1025, 8],
  [1, 2, 3, 1040], // more channels than lanes
];
for (const shape of shapes) {
  Deno.test(`pixelShuffle() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { x: fill(`shuffle ${shape}`, shape) },
      record: (graph, { x }) => pixelShuffle(graph, x),
      twin: ({ x }) => twin(x, shape),
    }));
}

Deno.test("pixelShuffle() lays four channels out as PyTorch does, and keeps NaN and inf in their places", async () => {
  const data = [1, NaN, 3, 4, 5, 6, -Infinity, 8];
  const { output } = await runOp({
    operands: { x: { data: Float32Array.from(data), shape: [1, 1, 1, 8] } },
    record: (graph, { x }) => pixelShuffle(graph, x),
  });
  deepEqual([...output], [1, 5, NaN, 6, 3, -Infinity, 4, 8]); // [2, 2, 2]: top left, top right, ...
});

await testOpMixed("pixelShuffle()", {
  operands: { x: fill("half shuffle", [2, 3, 5, 20]) },
  record: (graph, { x }) => pixelShuffle(graph, x),
  twin: ({ x }) => twin(x, [2, 3, 5, 20]),
});

Deno.test("pixelShuffle() refuses channels that are no multiple of 4", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  throws(
    () => pixelShuffle(graph, graph.input("x", [1, 2, 2, 6])),
    /^TypeError: Cannot shuffle pixels of "x": its channels must be a multiple of 4, its shape is \[1,2,2,6\]$/,
  );
});
