import { throws } from "node:assert/strict";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { multiplyChannels } from "./multiply_channels.ts";
import { multiplyChannels as twin } from "./multiply_channels_reference.ts";

const shapes = [
  [1, 1, 1, 1],
  [2, 3, 5, 6], // padding
  [2, 31, 33, 16], // one pixel short of a tile
  [1, 5, 205, 16], // one over
  [2, 3, 5, 64],
  [3, 2, 3, 260], // more channels than lanes
];
for (const shape of shapes) {
  for (const kind of ["cpu", "gpu"] as const) {
    Deno.test(`multiplyChannels() [${shape}] ${kind} equals its twin and its differences`, async () =>
      checkOp({
        operands: {
          x: fill(`multiply x ${shape}`, shape),
          s: fill(`multiply s ${shape}`, [shape[0]!, 1, 1, shape[3]!]),
        },
        record: (graph, { x, s }) => multiplyChannels(graph, x, s),
        twin: ({ x, s }) => twin(x, s, shape),
        gpu: { ...await testGpu(), kind },
        atol: 5e-6, // sums over a thousand pixels
        samples: 12,
      }));
  }
}

await testOpMixed("multiplyChannels()", {
  operands: { x: fill("half x", [2, 5, 13, 6]), s: fill("half s", [2, 1, 1, 6]) },
  record: (graph, { x, s }) => multiplyChannels(graph, x, s),
  twin: ({ x, s }) => twin(x, s, [2, 5, 13, 6]),
});

Deno.test("multiplyChannels() refuses a scale of another shape", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const x = graph.input("x", [2, 3, 3, 8]);
  throws(
    () => multiplyChannels(graph, x, graph.input("s", [2, 1, 1, 4])),
    /"s": its shape is \[2,1,1,4\], not \[2,1,1,8\]/,
  );
});
