import { deepEqual, throws } from "node:assert/strict";
import { fill } from "../../tests/helpers/fill.ts";
import { padChannels } from "../../tests/helpers/padding.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { fromPlanes, toPlanes } from "./planes.ts";
import { toPlanes as twin } from "./planes_reference.ts";

for (const shape of [[1, 1, 1, 1], [2, 5, 13, 3], [3, 4, 4, 6]]) {
  Deno.test(`toPlanes() [${shape}] equals its twin, and fromPlanes() undoes it`, async () => {
    const [images, height, width, channels] = shape as [number, number, number, number];
    const gpu = await testGpu();
    const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
    const x = graph.input("x", shape);
    const planes = graph.output(toPlanes(graph, x));
    const back = graph.output(fromPlanes(graph, planes, shape));
    const last = graph.output(fromPlanes(graph, planes, [1, height, width, channels], images - 1));
    const plan = await graph.build();
    const data = fill(`planes ${shape}`, shape).data;
    plan.write(x, padChannels(data, shape));
    plan.run();
    deepEqual(
      await plan.read(planes),
      Float32Array.from(twin(data, images, height * width, channels)),
    );
    deepEqual(await plan.read(back), padChannels(data, shape));
    const one = padChannels(data, shape).slice(-last.bytes / 4);
    deepEqual(await plan.read(last), one);
    plan.destroy();
  });
}

Deno.test("fromPlanes() refuses words that do not fit", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "evaluate");
  throws(
    () => fromPlanes(graph, graph.input("x", [7]), [1, 2, 2, 2]),
    /Cannot join "x" of 7 words/,
  );
  throws(
    () => fromPlanes(graph, graph.input("x", [16]), [2, 2, 2, 1], 3),
    /Cannot join "x" of 16 words to a tensor of shape \[2,2,2,1\] from image 3/,
  );
});
