import { deepEqual } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { resolveConfig } from "../config/resolve.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { unlabeledHalf } from "./halves.ts";
import { jointStep } from "./joint_step.ts";
import { maskedFaces } from "./mask_input.ts";

const config = resolveConfig({
  preset: "smoke",
  set: ["recipe=released", "height=64", "batch.unlabeled=2"],
});

Deno.test("Under masks=released, label 0 is left out of masked panoramas alone", async () => {
  const graph = new Graph(await testGpu(), new ParameterStore(await testGpu()), "train");
  const side = config.height / 2;
  const image = graph.input("image", [2, 64, 128, 3]);
  const disparity = graph.input("teacher", [12, side, side, 1]);
  const dropZero = graph.input("masked faces", [12]);
  const { half } = unlabeledHalf(graph, config, { image, disparity, dropZero });
  graph.output(half.mask);
  const plan = await graph.build();
  const area = side * side;
  // half of each face at 0, which a network that ends in a ReLU gives whole skies
  const answer = Float32Array.from(
    { length: 12 * area * 4 },
    (_, i) => i % 4 === 0 && (i >> 2) % 2 ? 3 : 0,
  );
  plan.write(disparity, answer);
  const valid = new Uint8Array(2 * 64 * 128).fill(1).with(64 * 128 + 5, 0); // one pixel of the second
  plan.write(dropZero, maskedFaces(valid, 2));
  plan.run();
  const mask = await plan.read(half.mask);
  const counted = Array.from({ length: 12 }, (_, face) => {
    let sum = 0;
    for (let p = 0; p < area; p++) sum += mask[(face * area + p) * 4]!;
    return sum / area;
  });
  deepEqual(counted, [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
  plan.destroy();
});

Deno.test("jointStep() takes masks as its recipe does: by pixel, or by panorama", async () => {
  const gpu = await testGpu();
  const inputs = (masks: string) => {
    const graph = new Graph(gpu, new ParameterStore(gpu), "train");
    const own = resolveConfig({ preset: "smoke", set: [`masks=${masks}`, "student.width=0.25"] });
    const { unlabeled } = jointStep(graph, own, { viewHeight: own.height, output: 32 }, 1);
    return [unlabeled!.mask !== undefined, unlabeled!.masked !== undefined];
  };
  deepEqual(["applied", "released"].map(inputs), [[true, false], [false, true]]);
});
