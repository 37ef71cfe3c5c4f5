import { deepEqual, throws } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { recordScalars } from "./record_scalars.ts";

const gpu = await testGpu();

for (const columns of [1, 6, 7, 13]) {
  Deno.test(`recordScalars keeps the last rows of ${columns} scalars`, async () => {
    const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
    const scalars = Array.from({ length: columns }, (_, i) => graph.input(`scalar ${i}`, [1]));
    const { ring, slot } = recordScalars(graph, 3, scalars);
    const plan = await graph.build();
    for (let step = 0; step < 5; step++) {
      scalars.forEach((scalar, i) => plan.write(scalar, Float32Array.of(100 * step + i)));
      plan.write(slot, Uint32Array.of(step));
      plan.run();
    }
    const row = (step: number): number[] => scalars.map((_, i) => 100 * step + i);
    deepEqual([...await plan.read(ring)], [...row(3), ...row(4), ...row(2)]);
    plan.destroy();
  });
}

Deno.test("recordScalars refuses an empty ring", () => {
  const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
  throws(() => recordScalars(graph, 3, []), /Cannot record 0 scalars in 3 rows/);
});
