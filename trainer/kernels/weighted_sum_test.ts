import { deepEqual, throws } from "node:assert/strict";
import { runOp, testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { weightedSum } from "./weighted_sum.ts";

function scalar(x: number): { shape: [number]; data: Float32Array } {
  return { shape: [1], data: Float32Array.of(x) };
}

Deno.test("weightedSum adds losses and hands their weights back", async () => {
  const { output, gradients } = await runOp({
    operands: { a: scalar(3), b: scalar(5), c: scalar(NaN) },
    record: (graph, { a, b, c }) =>
      weightedSum(graph, [{ loss: a, weight: 0.5 }, { loss: b, weight: 0.25 }, {
        loss: c,
        weight: 0,
      }, { loss: a, weight: 2 }]),
    upstream: [4],
  });
  deepEqual([...output], [0.5 * 3 + 0.25 * 5 + 2 * 3]);
  deepEqual([gradients.a![0], gradients.b![0], gradients.c], [10, 1, undefined]);
});

Deno.test("weightedSum refuses what is no weighted scalar", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "train");
  const loss = graph.input("loss", [1]);
  throws(() => weightedSum(graph, [{ loss, weight: 0 }]), /Cannot sum 1 losses/);
  throws(() => weightedSum(graph, [{ loss, weight: NaN }]), RangeError);
  const map = graph.input("map", [1, 2, 2, 1]);
  throws(() => weightedSum(graph, [{ loss: map, weight: 1 }]), /\[1,2,2,1\]: \[1\] is needed/);
});
