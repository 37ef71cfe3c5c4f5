import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { upsampleNearest } from "./upsample_nearest.ts";
import { upsampleNearest as twin } from "./upsample_nearest_reference.ts";

// A single pixel; odd sizes and padding; rows one short of a block and one over; more channels than lanes.
for (
  const shape of [[1, 1, 1, 1], [2, 3, 5, 6], [1, 2, 63, 16], [1, 2, 129, 16], [1, 1, 513, 3], [
    2,
    2,
    3,
    260,
  ]]
) {
  Deno.test(`upsampleNearest() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { x: fill(`upsample ${shape}`, shape) },
      record: (graph, { x }) => upsampleNearest(graph, x),
      twin: ({ x }) => twin(x, shape),
    }));
}
