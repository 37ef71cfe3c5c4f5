import { equal } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill, withValues } from "../../tests/helpers/fill.ts";
import { type Operand, runOp } from "../../tests/helpers/run_op.ts";
import type { Shape } from "../gpu/tensor.ts";
import { maxPool } from "./max_pool.ts";
import { maxPool as twin } from "./max_pool_reference.ts";

/** Numbers no two of which are closer than 1e-3, so that differences do not change a winner. */
function distinct(seed: string, shape: Shape): { shape: Shape; data: Float32Array } {
  const { data } = fill(seed, shape);
  const order = [...data.keys()].sort((a, b) => data[a]! - data[b]!);
  order.forEach((i, rank) => data[i] = (rank - data.length / 2) / 1000);
  return { shape, data };
}

const shapes = [
  [1, 1, 1, 1],
  [1, 2, 2, 3],
  [2, 5, 7, 6], // odd height and width
  [1, 6, 9, 4],
  [2, 7, 4, 20],
  [1, 3, 257, 4], // a row of more than one block
  [1, 3, 4, 260], // more channels than lanes
];
for (const shape of shapes) {
  Deno.test(`maxPool() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { x: distinct(`max pool ${shape}`, shape) },
      record: (graph, { x }) => maxPool(graph, x),
      twin: ({ x }) => twin(x, shape).y,
    }));
}

/** The output is the twin's, and the gradient goes where the twin found its winners. */
async function checkWinners({ shape, data }: Operand, upstream: Float32Array): Promise<void> {
  const got = await runOp({
    operands: { x: { shape, data } },
    record: (graph, { x }) => maxPool(graph, x),
    upstream,
  });
  const want = twin(data, shape);
  const dx = new Float64Array(data.length);
  want.from.forEach((at, i) => dx[at]! += upstream[i]!);
  assertClose(got.output, want.y);
  assertClose(got.gradients.x!, dx);
}

Deno.test("maxPool() gives the gradient of equal values to the first in reading order", async () => {
  const x = fill("ties", [1, 6, 6, 3]);
  x.data.forEach((v, i) => x.data[i] = Math.round(v)); // -1, 0, 1
  await checkWinners(x, fill("ties upstream", [27]).data);
});

Deno.test("maxPool() keeps NaN and all-negative windows", async () => {
  const x = fill("negative", [1, 4, 4, 4], -9, -8);
  const spoiled = withValues(x, { 21: NaN, 0: -Infinity, 4: -Infinity });
  await checkWinners(spoiled, new Float32Array(16).fill(1));
});

Deno.test("maxPool() in an evaluation graph gives the same values", async () => {
  const shape = [2, 5, 7, 6];
  const x = fill("evaluate", shape);
  const got = await runOp({ operands: { x }, record: (graph, { x }) => maxPool(graph, x) });
  equal(got.gradients.x, undefined);
  assertClose(got.output, twin(x.data, shape).y);
});

const pooled = [2, 5, 7, 6];
await testOpMixed("maxPool()", {
  operands: { x: distinct("half max pool", pooled) },
  record: (graph, { x }) => maxPool(graph, x),
  twin: ({ x }) => twin(x, pooled).y,
});
