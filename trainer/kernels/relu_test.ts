import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { awayFrom, fill } from "../../tests/helpers/fill.ts";
import { runOp } from "../../tests/helpers/run_op.ts";
import { relu } from "./relu.ts";
import { relu as twin } from "./relu_reference.ts";

// One vec4; one short of 256 and one over; one over a workgroup's 512; padding.
for (
  const shape of [[1, 1, 1, 1], [1, 15, 17, 4], [1, 16, 16, 4], [1, 1, 257, 4], [1, 27, 19, 4], [
    2,
    3,
    5,
    6,
  ]]
) {
  Deno.test(`relu() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { x: awayFrom(0, 0.01, fill(`relu ${shape}`, shape)) },
      record: (graph, { x }) => relu(graph, x),
      twin: ({ x }) => twin(x),
    }));
}

Deno.test("relu() keeps NaN and infinities, and has no slope at 0", async () => {
  const data = Float32Array.of(NaN, Infinity, -Infinity, 0);
  const shape = [1, 1, 1, 4];
  const got = await runOp({
    operands: { x: { shape, data } },
    record: (graph, { x }) => relu(graph, x),
    upstream: [1, 1, 1, 1],
  });
  assertClose(got.output, [NaN, Infinity, 0, 0]);
  assertClose(got.gradients.x!.slice(1), [1, 0, 0]);
});

await testOpMixed("relu()", {
  operands: { x: awayFrom(0, 0.01, fill("half relu", [2, 3, 5, 6])) },
  record: (graph, { x }) => relu(graph, x),
  twin: ({ x }) => twin(x),
});
