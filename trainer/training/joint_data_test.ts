import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { IDENTITY } from "@depth-anywhere/geometry";
import { resolveConfig } from "../config/resolve.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { stepAugmentation, stepRotations } from "./joint_data.ts";

const config = (...set: string[]) => resolveConfig({ preset: "smoke", set });

Deno.test("stepAugmentation() is a pure function of seed, half, step and item", () => {
  const of = (
    half: "labeled" | "unlabeled",
    step: number,
    ...set: string[]
  ) => [...stepAugmentation(config(...set), half, step, 3, 128)];
  const first = of("labeled", 4);
  equal(first.length, 3 * AUGMENTATION_WORDS);
  deepEqual(of("labeled", 4), first);
  for (const other of [of("unlabeled", 4), of("labeled", 5), of("labeled", 4, "seed=1")]) {
    notDeepEqual(other, first);
  }
  notDeepEqual(first.slice(0, AUGMENTATION_WORDS), first.slice(AUGMENTATION_WORDS, 16));
  // A larger batch leaves the panoramas that were there as they are.
  deepEqual([...stepAugmentation(config(), "labeled", 4, 2, 128)], first.slice(0, 16));
});

Deno.test("stepAugmentation() rolls over the whole width, mirrors half, jitters half, and each can be off", () => {
  const words = (...set: string[]) => stepAugmentation(config(...set), "labeled", 0, 400, 128);
  const column = (all: Uint32Array, k: number) => [...all].filter((_, i) => i % 8 === k);
  const share = (all: Uint32Array, k: number) => column(all, k).filter((x) => x > 0).length / 400;
  const all = words();
  const rolls = column(all, 0);
  ok(Math.min(...rolls) < 4 && Math.max(...rolls) > 123 && Math.max(...rolls) < 128);
  for (const k of [1, 2]) ok(Math.abs(share(all, k) - 0.5) < 0.08, `${k}: ${share(all, k)}`);
  const off = ["yawRoll", "flip", "colorJitter"].map((key) => `augment.${key}=false`);
  off.forEach((set, k) => equal(share(words(set), k), 0));
  ok(words(...off).every((word) => word === 0));
});

Deno.test("stepRotations() draws one a step or one an image, others every step, none if none is wanted", () => {
  const one = config("rotationPer=step", "batch.unlabeled=3");
  const each = config("rotationPer=image", "batch.unlabeled=3");
  equal(stepRotations(one, 0).length, 1);
  const rotations = [...stepRotations(each, 0), ...stepRotations(each, 1)];
  equal(new Set(rotations.map(String)).size, 6);
  deepEqual(stepRotations(each, 1), rotations.slice(3));
  deepEqual(stepRotations(one, 1)[0], rotations[3]);
  notDeepEqual(stepRotations(config("seed=1"), 0)[0], rotations[0]);
  const none = config("rotation=none", "batch.unlabeled=2");
  deepEqual(stepRotations(none, 5).map((r) => [...r]), [[...IDENTITY], [...IDENTITY]]);
  // about the vertical axis alone: the y axis stays
  const [yaw] = stepRotations(config("rotation=yaw"), 3);
  deepEqual([yaw![1], yaw![4], yaw![7]].map((x) => Math.round(x * 1e9) / 1e9), [0, 1, 0]);
});
