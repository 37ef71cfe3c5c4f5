import { assertClose } from "../../tests/helpers/assert_close.ts";
import { fill } from "../../tests/helpers/fill.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { faceLabel } from "./face_label.ts";
import { faceLabelReference } from "./face_label_reference.ts";

Deno.test("faceLabel() equals its twin for every combination of labels (seed faces-1)", async () => {
  const [faces, pixels] = [3, 25];
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const distance = fill("faces-1", [faces * pixels], 0.3, 20).data.map((d, i) =>
    i % 7 === 0 ? 0 : d
  );
  const labels = Uint32Array.from(distance, (_, i) => i % 8);
  const cosine = fill("faces-1 cosine", [pixels], 0.6, 1).data;
  const inputs = { distance: graph.input("distance", [75]), labels: graph.input("labels", [75]) };
  const { truth, mask } = faceLabel(
    graph,
    inputs.distance,
    inputs.labels,
    graph.constant("cosine", cosine),
  );
  graph.output(truth);
  graph.output(mask);
  const plan = await graph.build();
  plan.write(inputs.distance, distance);
  plan.write(inputs.labels, labels);
  plan.run();
  const want = faceLabelReference(distance, labels, cosine);
  assertClose(await plan.read(truth), want.truth, { atol: 1e-6, rtol: 1e-5, name: "truth" });
  assertClose(await plan.read(mask), want.mask, { atol: 0, rtol: 0, name: "mask" });
  plan.destroy();
});
