import { deepEqual, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { checkOp } from "../../tests/helpers/check_op.ts";
import { fill, withValues } from "../../tests/helpers/fill.ts";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { shiftMinimum } from "./shift_minimum.ts";
import { shiftMinimumReference } from "./shift_minimum_reference.ts";

for (const [h, w] of [[1, 1], [7, 9], [5, 13]] as const) {
  for (const low of [-1, 0.5]) {
    Deno.test(`shiftMinimum of 2x${h}x${w} from ${low} equals its twin, seed s`, () =>
      checkOp({
        operands: { x: fill("s", [2, h, w, 1], low, 2) },
        record: (graph, { x }) => shiftMinimum(graph, x),
        twin: ({ x }) => shiftMinimumReference(x),
        atol: 1e-5, // the minimum's gradient is a sum over all pixels
      }));
  }
}

Deno.test("shiftMinimum shares the minimum's gradient evenly over ties, over many chunks", async () => {
  const x = fill("ties", [1, 192, 384, 1], 0, 1);
  [x.data[5], x.data[40000], x.data[73727]] = [-2, -2, -2];
  const upstream = fill("ties dy", [x.data.length], -1, 1).data;
  const { output, gradients } = await runOp({
    operands: { x },
    record: (graph, { x }) => shiftMinimum(graph, x),
    upstream,
  });
  assertClose(output, shiftMinimumReference(x.data));
  const total = upstream.reduce((a, b) => a + b, 0);
  const want = upstream.map((g, i) => x.data[i] === -2 ? g - total / 3 : g);
  assertClose(gradients.x!, want, { atol: 1e-3 }); // a sum of 73 728 numbers around 0
});

Deno.test("shiftMinimum lets NaN and infinities pass and ignores them", async () => {
  const x = withValues(fill("nan", [1, 2, 2, 1], 1, 2), { 0: NaN, 1: -Infinity, 2: -3, 3: 4 });
  const { output } = await runOp({ operands: { x }, record: (g, { x }) => shiftMinimum(g, x) });
  deepEqual([...output], [NaN, -Infinity, 0, 7]);
});

Deno.test("shiftMinimum refuses more than one channel", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "train");
  throws(() => shiftMinimum(graph, graph.input("x", [1, 2, 2, 3])), /"x" of shape \[1,2,2,3\]/);
});
