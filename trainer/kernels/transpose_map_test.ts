import { deepEqual } from "node:assert/strict";
import { type Taps, transposeTaps } from "@depth-anywhere/geometry";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { inputMap } from "./resample_map.ts";

/** Random taps, some of weight 0, one input pixel that many outputs read, some that none reads. */
function randomTaps(seed: string, outputs: number, inputs: number, taps: number): Taps {
  const index = Uint32Array.from(
    fill(`${seed} index`, [outputs * taps], 0, inputs).data,
    (u, e) => e % 101 === 1 ? inputs >> 1 : Math.floor(u),
  );
  const weight = fill(`${seed} weight`, [outputs * taps]).data
    .map((w) => Math.abs(w) < 0.2 ? 0 : w) as Float32Array<ArrayBuffer>;
  return { outputs, inputs, taps, index, weight };
}

// Inputs one short of a block of the prefix sum, a block, one over, and more blocks than lanes.
for (
  const [inputs, outputs, taps, maps] of [
    [1, 1, 1, 1],
    [1023, 500, 3, 2],
    [1024, 300, 4, 1],
    [1025, 700, 1, 3],
    [70_000, 30_000, 4, 2],
  ] as const
) {
  Deno.test(`transposeMap equals transposeTaps to the bit: ${maps} maps of ${outputs} x ${taps} taps on ${inputs} pixels, seed t`, async () => {
    const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "train");
    const map = inputMap(graph, "map", { outputs, inputs, taps }, maps);
    const { start, index, weight, entries } = map.transposed();
    for (const tensor of [start, index, weight]) graph.output(tensor);
    const plan = await graph.build();
    for (let run = 0; run < 2; run++) { // the second finds the counts of the first
      const each = Array.from(
        { length: maps },
        (_, i) => randomTaps(`t ${run} ${i}`, outputs, inputs, taps),
      );
      each.forEach((own, which) => map.write(plan, own, which));
      plan.run();
      const starts = new Uint32Array((await plan.read(start)).buffer);
      const indices = new Uint32Array((await plan.read(index)).buffer);
      const weights = await plan.read(weight);
      each.forEach((own, i) => {
        const want = transposeTaps(own);
        const rows = starts.subarray(i * (inputs + 1), (i + 1) * (inputs + 1));
        const first = i * entries;
        deepEqual(rows, want.start);
        deepEqual(indices.subarray(first, first + want.index.length), want.index);
        deepEqual(weights.subarray(first, first + want.weight.length), want.weight);
      });
    }
    plan.destroy();
  });
}
