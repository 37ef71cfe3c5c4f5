import { assertClose } from "../../tests/helpers/assert_close.ts";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { runOp } from "../../tests/helpers/run_op.ts";
import { elu } from "./elu.ts";
import { elu as twin } from "./elu_reference.ts";

// One vec4; one short of 256 and one over; one over a workgroup's 512; padding. The slope has no jump at 0.
for (
  const shape of [[1, 1, 1, 1], [1, 15, 17, 4], [1, 16, 16, 4], [1, 1, 257, 4], [1, 27, 19, 4], [
    2,
    3,
    5,
    6,
  ]]
) {
  Deno.test(`elu() [${shape}] equals its twin and its differences`, () =>
    checkOp({
      operands: { x: fill(`elu ${shape}`, shape, -4, 2) },
      record: (graph, { x }) => elu(graph, x),
      twin: ({ x }) => twin(x),
    }));
}

Deno.test("elu() is -1 far below zero and keeps NaN", async () => {
  const data = Float32Array.of(NaN, Infinity, -Infinity, -200);
  const shape = [1, 1, 1, 4];
  const got = await runOp({
    operands: { x: { shape, data } },
    record: (graph, { x }) => elu(graph, x),
    upstream: [1, 1, 1, 1],
  });
  assertClose(got.output, [NaN, Infinity, -1, -1]);
  assertClose(got.gradients.x!, [NaN, 1, 0, 0]);
});

await testOpMixed("elu()", {
  operands: { x: fill("half elu", [2, 3, 5, 6], -4, 2) },
  record: (graph, { x }) => elu(graph, x),
  twin: ({ x }) => twin(x),
});
