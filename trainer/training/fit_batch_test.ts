import { deepEqual, equal } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { resolveConfig } from "../config/resolve.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { fitBatch, largestMap, loweredText } from "./fit_batch.ts";
import { jointStep } from "./joint_step.ts";

const gpu = await testGpu();
const MIB = 2 ** 20;
const binding = (bytes: number) => ({
  maxStorageBufferBindingSize: bytes,
  maxBufferSize: 1024 * MIB,
});
const paper = (...set: string[]) => resolveConfig({ preset: "paper", set });

Deno.test("fitBatch() lowers both kinds alike until the largest map can be bound", () => {
  const fitted = (mebibytes: number, ...set: string[]) => {
    const { labeled, unlabeled } = fitBatch(paper(...set), binding(mebibytes * MIB));
    return [labeled, unlabeled];
  };
  deepEqual(fitted(384), [3, 3]); // 64 MiB a panorama
  deepEqual(fitted(383), [2, 2]);
  deepEqual(fitted(256), [2, 2]);
  deepEqual(fitted(128), [1, 1]); // the default of WebGPU
  deepEqual(fitted(32), [1, 1]); // nothing helps: said when the buffers are made
  deepEqual(fitted(128, "height=256"), [3, 3]);
  deepEqual(fitted(128, "student.width=0.25"), [3, 3]);
  deepEqual(fitted(128, "batch.labeled=0", "batch.unlabeled=6"), [0, 2]);
  deepEqual(fitted(256, "batch.labeled=1", "batch.unlabeled=5"), [1, 3]);
  deepEqual(fitted(128, "height=64", "teacher.viewHeight=2048"), [1, 1]); // 128 MiB each
});

Deno.test("fitBatch() heeds the largest buffer as well", () => {
  const limits = { maxStorageBufferBindingSize: 1024 * MIB, maxBufferSize: 256 * MIB };
  deepEqual(fitBatch(paper(), limits), { labeled: 2, unlabeled: 2 });
});

Deno.test("loweredText() says what was lowered and why", () => {
  const limits = binding(128 * MIB);
  const config = paper("batch.labeled=1", "batch.unlabeled=1");
  equal(
    loweredText(config, { labeled: 3, unlabeled: 3 }, limits),
    "batch       lowered from 3 + 3 to 1 + 1 panoramas a step: the largest map would have 384 MiB, and this adapter binds at most 128 MiB",
  );
});

/** Remembers the largest activation of a step. */
class Watched extends Graph {
  largest = 0;
  #see(tensor: Tensor): Tensor {
    this.largest = Math.max(this.largest, tensor.bytes);
    return tensor;
  }
  override temp(...of: Parameters<Graph["temp"]>) {
    return this.#see(super.temp(...of));
  }
  override result(...of: Parameters<Graph["result"]>) {
    return this.#see(super.result(...of));
  }
}

for (
  const set of [
    [],
    ["student.width=0.25"],
    ["student.width=0.25", "teacher.viewHeight=256"],
    ["student.name=bifusepp", "height=128"],
    ["student.name=bifusepp", "height=128", "student.width=0.25"],
  ]
) {
  Deno.test(`largestMap() is that of a recorded step, ${set.join(" ") || "as published"}`, () => {
    const config = paper("height=64", "batch.labeled=1", "batch.unlabeled=2", ...set);
    const graph = new Watched(gpu, new ParameterStore(gpu), "train");
    jointStep(
      graph,
      config,
      { viewHeight: config.teacher.viewHeight || config.height, output: 32 },
      1,
    );
    equal(graph.largest, largestMap(config, config.batch));
  });
}
