import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { globalAveragePool } from "./global_average_pool.ts";
import { globalAveragePool as twin } from "./global_average_pool_reference.ts";

const shapes = [
  [1, 1, 1, 1],
  [2, 3, 5, 6], // padding
  [2, 31, 33, 16], // one pixel short of a tile
  [1, 5, 205, 16], // one over
  [2, 47, 61, 20], // several tiles
  [3, 2, 3, 260], // more channels than lanes
  [1, 11, 101, 260], // more tiles than threads that sum them
];
for (const shape of shapes) {
  for (const kind of ["cpu", "gpu"] as const) {
    Deno.test(`globalAveragePool() [${shape}] ${kind} equals its twin and its differences`, async () =>
      checkOp({
        operands: { x: fill(`pool ${shape}`, shape) },
        record: (graph, { x }) => globalAveragePool(graph, x),
        twin: ({ x }) => twin(x, shape),
        gpu: { ...await testGpu(), kind },
        samples: 12,
      }));
  }
}

await testOpMixed("globalAveragePool()", {
  operands: { x: fill("half pool", [2, 31, 33, 16]) },
  record: (graph, { x }) => globalAveragePool(graph, x),
  twin: ({ x }) => twin(x, [2, 31, 33, 16]),
});
