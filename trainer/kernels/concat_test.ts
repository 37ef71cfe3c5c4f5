import { throws } from "node:assert/strict";
import { testOpMixed } from "../../tests/helpers/check_mixed.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { concat, concatUpsampled } from "./concat.ts";
import { concat as twin } from "./concat_reference.ts";
import { upsampleNearest } from "./upsample_nearest_reference.ts";

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

const shapes: [number[], number, number][] = [
  [[1, 1, 1], 4, 4],
  [[2, 3, 5], 16, 6], // odd sizes, padding
  [[1, 2, 63], 8, 4], // rows one short of a multiple of the strips
  [[1, 2, 129], 16, 8], // and one over
  [[2, 2, 3], 260, 4], // more channels than lanes
];
for (const [[n, h, w], ca, cb] of shapes as [[number, number, number], number, number][]) {
  const operands = {
    a: fill(`upsampled a ${h}`, [n, h, w, ca]),
    b: fill(`upsampled b ${h}`, [n, 2 * h, 2 * w, cb]),
  };
  const joined = {
    operands,
    record: (graph: Graph, { a, b }: Record<"a" | "b", Tensor>) => concatUpsampled(graph, a, b),
    twin: ({ a, b }: Record<"a" | "b", ArrayLike<number>>) =>
      twin([{ data: upsampleNearest(a, [n, h, w, ca]), channels: ca }, { data: b, channels: cb }]),
  };
  const name = `concatUpsampled() [${[n, h, w]},${ca}+${cb}]`;
  Deno.test(`${name} equals its twin and its differences`, () => checkOp(joined));
  if (n === 2) await testOpMixed(name, joined);
}

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
  throws(
    () => concatUpsampled(graph, input([1, 2, 2, 4]), input([1, 4, 6, 4])),
    /N, H and W differ: \[1,2,2,4\] twice as high and wide and \[1,4,6,4\]/,
  );
});
