import { deepEqual, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { resolveConfig } from "../config/resolve.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { fromPlanes } from "../kernels/planes.ts";
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
  const { half } = unlabeledHalf(graph, config, { image, disparity: [disparity], dropZero });
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

Deno.test("Labels that come in groups of panoramas are those of the whole batch", async () => {
  const gpu = await testGpu();
  const graph = new Graph(gpu, new ParameterStore(gpu), "train");
  const image = graph.input("image", [2, 64, 128, 3]);
  const words = graph.input("teacher", [12 * 40 * 40]);
  const planes = (count: number, first: number) =>
    fromPlanes(graph, words, [count, 40, 40, 1], first);
  const labels = [[planes(12, 0)], [planes(6, 0), planes(6, 6)]].map((disparity) =>
    graph.output(unlabeledHalf(graph, config, { image, disparity }).half.label)
  );
  const plan = await graph.build();
  plan.write(words, Float32Array.from({ length: 12 * 1600 }, (_, i) => Math.sin(i * i)));
  plan.run();
  const [whole, groups] = [await plan.read(labels[0]!), await plan.read(labels[1]!)];
  deepEqual(groups, whole);
  ok(whole.some((value) => value === 1));
  plan.destroy();
});

Deno.test("jointStep() joins the labels of as many panoramas as the adapter can bind", async () => {
  const gpu = await testGpu();
  const own = resolveConfig({ preset: "smoke", set: ["batch.unlabeled=4", "student.width=0.25"] });
  const joined = (maxStorageBufferBindingSize: number): number => {
    const limits = { ...gpu.limits, maxStorageBufferBindingSize, maxBufferSize: 2 ** 30 };
    const graph = new Graph({ ...gpu, limits }, new ParameterStore(gpu), "train");
    const dispatched: string[] = [];
    graph.dispatch = ({ label }) => void dispatched.push(label);
    jointStep(graph, own, { viewHeight: own.height, output: 100 }, 1);
    return dispatched.filter((label) => label === "planes join").length;
  };
  const one = 6 * 16 * 100 ** 2;
  deepEqual([4 * one, 4 * one - 1, 2 * one - 1].map(joined), [1, 2, 4]);
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
