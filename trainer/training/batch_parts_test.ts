import { deepEqual, doesNotThrow, equal, match, throws } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { resolveConfig } from "../config/resolve.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import {
  checkBatch,
  fewestParts,
  largestMap,
  memoryAdvice,
  panoramasAtOnce,
  partsText,
} from "./batch_parts.ts";
import { jointStep } from "./joint_step.ts";

const gpu = await testGpu();
const MIB = 2 ** 20;
const binding = (bytes: number) => ({
  maxStorageBufferBindingSize: bytes,
  maxBufferSize: 1024 * MIB,
});
const paper = (...set: string[]) => resolveConfig({ preset: "paper", set });

Deno.test("fewestParts() splits a batch until its largest map can be bound", () => {
  const parts = (mebibytes: number, ...set: string[]) =>
    fewestParts(paper(...set), binding(mebibytes * MIB));
  equal(parts(384), 1); // 64 MiB a panorama
  equal(parts(383), 3);
  equal(parts(128), 3); // the default of WebGPU
  equal(parts(192, "precision=mixed"), 1); // 32 MiB a panorama
  equal(parts(32), 3); // nothing helps: said when the buffers are made
  equal(parts(128, "height=256"), 1);
  equal(parts(128, "student.width=0.25"), 1);
  equal(parts(128, "batch.labeled=0", "batch.unlabeled=6"), 3);
  equal(parts(256, "batch.labeled=4", "batch.unlabeled=4"), 2);
  equal(parts(256, "batch.labeled=1", "batch.unlabeled=5"), 1); // no number divides both
  equal(parts(128, "height=64", "teacher.viewHeight=2048"), 3); // the teacher's panoramas are not split
});

Deno.test("fewestParts() heeds the largest buffer as well", () => {
  const limits = { maxStorageBufferBindingSize: 1024 * MIB, maxBufferSize: 256 * MIB };
  equal(fewestParts(paper(), limits), 3);
});

Deno.test("checkBatch() tells the most panoramas that an adapter takes, and what to lower", () => {
  const check = (mebibytes: number, ...set: string[]) => () =>
    checkBatch(paper(...set), binding(mebibytes * MIB));
  const labelled = (count: number, ...set: string[]) =>
    check(128, `batch.labeled=${count}`, "batch.unlabeled=0", ...set);
  doesNotThrow(labelled(16)); // 8 MiB a panorama
  throws(labelled(17), {
    name: "RangeError",
    message:
      "Cannot train on 17 labelled panoramas a step: of 512x1024 this adapter takes at most " +
      "16; name a lower --batch-size or --height",
  });
  throws(
    check(128, "batch.unlabeled=5", "teacher.viewHeight=1024"),
    /on 5 unlabelled .* of 1024x2048 .* at most 4; name a lower --batch-size or teacher\.viewHeight$/,
  );
  throws(check(4), /takes at most 0; lower --height$/);
});

Deno.test("checkBatch() knows the workgroups that a dispatch takes", () => {
  const check = (...set: string[]) => () =>
    checkBatch(paper("height=64", ...set), {
      maxStorageBufferBindingSize: 2 ** 40,
      maxBufferSize: 2 ** 40,
    });
  doesNotThrow(check("batch.labeled=65535", "batch.unlabeled=10922"));
  throws(check("batch.labeled=65536"), /at most 65535; name a lower --batch-size$/);
  throws(check("batch.unlabeled=10923"), /at most 10922; name a lower --batch-size$/);
});

Deno.test("panoramasAtOnce() takes the largest equal groups that can be bound", () => {
  const at = (count: number, limit: number) => panoramasAtOnce(binding(limit), count, 10);
  deepEqual([at(6, 60), at(6, 59), at(6, 29), at(6, 10), at(5, 49)], [6, 3, 2, 1, 1]);
  throws(() => at(6, 9), /need 10 bytes at once, and this adapter binds at most 9/);
});

Deno.test("memoryAdvice() offers parts only where they divide what the batch has, and nothing that is done already", () => {
  const rest =
    "keep fewer maps with --recompute, lower --batch-size, lower --height or lower student.width";
  const parts = (count: number) =>
    `train the batch in more parts with --set batch.parts=${count}, `;
  equal(memoryAdvice(paper()), parts(3) + rest);
  equal(memoryAdvice(paper("batch.labeled=0", "batch.unlabeled=4")), parts(2) + rest);
  equal(memoryAdvice(paper("batch.unlabeled=0", "batch.parts=3")), rest);
  equal(memoryAdvice(paper("batch.labeled=1", "batch.unlabeled=5")), rest);
  const least = ["batch.labeled=1", "batch.unlabeled=0", "recompute=true", "height=64"];
  equal(memoryAdvice(paper(...least)), "lower student.width");
  const wide = memoryAdvice(paper(...least, "teacher.viewHeight=128"));
  equal(wide, "lower teacher.viewHeight or lower student.width");
});

Deno.test("partsText() says what is split and why", () => {
  equal(
    partsText(paper("batch.parts=3"), binding(128 * MIB)),
    "batch       3 + 3 panoramas in 3 parts, each with its own batch statistics: at once the largest map would have " +
      "384 MiB, and this adapter binds at most 128 MiB",
  );
  const released = partsText(paper("batch.parts=3", "recipe=released"), binding(128 * MIB));
  match(released, /each with its own batch statistics and minimum: /);
});

/** Remembers the largest activation of a step. */
class Watched extends Graph {
  largest = 0;
  #see(tensor: Tensor): Tensor {
    this.largest = Math.max(this.largest, tensor.bytes);
    return tensor;
  }
  override temp(...of: Parameters<Graph["temp"]>) {
    const made = super.temp(...of);
    return made.shape.length === 4 ? this.#see(made) : made; // scratch words are taken only where they can be bound
  }
  override result(...of: Parameters<Graph["result"]>) {
    return this.#see(super.result(...of));
  }
}

for (
  const set of [
    [],
    ["student.width=0.25"],
    ["precision=mixed"],
    ["precision=mixed", "student.width=0.25"],
    ["student.width=0.25", "teacher.viewHeight=256"],
    ["student.name=bifusepp", "height=128"],
    ["student.name=bifusepp", "height=128", "student.width=0.25"],
    ["student.width=0.25", "batch.labeled=4", "batch.unlabeled=4", "batch.parts=2"],
  ]
) {
  Deno.test(`largestMap() is that of a recorded step, ${set.join(" ") || "as published"}`, () => {
    const config = paper("height=64", "batch.labeled=1", "batch.unlabeled=2", ...set);
    const graph = new Watched({ ...gpu, f16: true }, new ParameterStore(gpu), "train", config);
    const viewHeight = Math.max(config.teacher.viewHeight, config.height);
    jointStep(graph, config, { viewHeight, output: 32 }, 1);
    equal(graph.largest, largestMap(config, config.batch.parts));
  });
}
