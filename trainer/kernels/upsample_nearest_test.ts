import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { upsampleNearest } from "./upsample_nearest.ts";
import { upsampleNearest as twin } from "./upsample_nearest_reference.ts";

const shapes = [
  [1, 1, 1, 1],
  [2, 3, 5, 6], // odd sizes, padding
  [1, 2, 63, 16], // rows one short of a multiple of the strips
  [1, 2, 129, 16], // and one over
  [1, 1, 1025, 3],
  [2, 2, 3, 260], // more channels than lanes
];
for (const shape of shapes) {
  Deno.test(`upsampleNearest() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { x: fill(`upsample ${shape}`, shape) },
      record: (graph, { x }) => upsampleNearest(graph, x),
      twin: ({ x }) => twin(x, shape),
    }));
}

await testOpMixed("upsampleNearest()", {
  operands: { x: fill("half upsample", [2, 3, 5, 6]) },
  record: (graph, { x }) => upsampleNearest(graph, x),
  twin: ({ x }) => twin(x, [2, 3, 5, 6]),
});
