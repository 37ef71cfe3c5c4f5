import { throws } from "node:assert/strict";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { concat } from "./concat.ts";
import { concat as twin } from "./concat_reference.ts";

const sizes: [number[], number, number][] = [
  [[1, 1, 1], 4, 4],
  [[1, 3, 21], 4, 8], // 63 pixels
  [[1, 5, 13], 16, 6], // the last input may have padding
  [[2, 3, 5], 64, 20],
  [[1, 2, 3], 128, 256], // more channels than lanes
];
for (const [size, ca, cb] of sizes) {
  Deno.test(`concat() [${size},${ca}+${cb}] equals its twin and its differences`, () =>
    checkOp({
      operands: { a: fill(`concat a ${size}`, [...size, ca]), b: fill(`b ${size}`, [...size, cb]) },
      record: (graph, { a, b }) => concat(graph, [a, b]),
      twin: ({ a, b }) => twin([{ data: a, channels: ca }, { data: b, channels: cb }]),
    }));
}

Deno.test("concat() joins three, one of them twice", () =>
  checkOp({
    operands: { a: fill("three a", [1, 3, 3, 4]), b: fill("three b", [1, 3, 3, 8]) },
    record: (graph, { a, b }) => concat(graph, [a, b, a]),
    twin: ({ a, b }) => {
      const [four, eight] = [{ data: a, channels: 4 }, { data: b, channels: 8 }];
      return twin([four, eight, four]);
    },
  }));

await testOpMixed("concat()", {
  operands: { a: fill("half a", [2, 3, 5, 8]), b: fill("half b", [2, 3, 5, 6]) },
  record: (graph, { a, b }) => concat(graph, [a, b]),
  twin: ({ a, b }) => twin([{ data: a, channels: 8 }, { data: b, channels: 6 }]),
});

Deno.test("concat() refuses inputs that do not fit", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  const input = (shape: number[]) => graph.input("x", shape);
  throws(() => concat(graph, []), /no input is given/);
  throws(() => concat(graph, [input([1, 2, 2, 6]), input([1, 2, 2, 4])]), /multiple of 4/);
  throws(
    () => concat(graph, [input([1, 2, 2, 4]), input([1, 2, 3, 4])]),
    /N, H and W differ: \[1,2,2,4\] and \[1,2,3,4\]/,
  );
});
