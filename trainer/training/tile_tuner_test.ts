import { deepEqual, equal, ok } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Geometry } from "../kernels/conv2d_geometry.ts";
import {
  defaultTiles,
  tileBucket,
  tileNames,
  type TilePass,
} from "../kernels/conv2d_tile_choice.ts";
import { jointStep } from "./joint_step.ts";
import { surveyTiles, type TileBucket, type TimeTiles, tuneTiles } from "./tile_tuner.ts";

const limits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 32768,
} as GPUSupportedLimits;

/** A 3x3 convolution of one map of 64x128. */
function sized(inputGroups: number, outputGroups: number): Geometry {
  const [height, width] = [64, 128];
  return {
    ...{ batch: 1, height, width, outputHeight: height, outputWidth: width },
    ...{ inputs: 4 * inputGroups, inputGroups, outputs: 4 * outputGroups, outputGroups },
    ...{ kernelHeight: 3, kernelWidth: 3, stride: 1, paddingY: 1, paddingX: 1 },
  };
}

function bucket(pass: TilePass, shape: Geometry, flops: number): [string, TileBucket] {
  return [tileBucket(pass, shape), { pass, shape, flops }];
}

/** A clock by which one setting takes `seconds` and all others 1. */
function clock(fast: string, seconds: number): { time: TimeTiles; asked: string[] } {
  const asked: string[] = [];
  const time: TimeTiles = (pass, shape, names) => {
    asked.push(tileBucket(pass, shape));
    return Promise.resolve(names.map((name) => name === fast ? seconds : 1));
  };
  return { time, asked };
}

for (const parts of [1, 2]) {
  Deno.test(`surveyTiles() finds the convolutions of the joint step, in ${parts} parts`, async () => {
    const batch = { labeled: 2, unlabeled: 2, parts };
    const flags = { height: 64, batch, student: { width: 0.25 } };
    const config = resolveConfig({ flags });
    const gpu: Gpu = { ...await testGpu(), kind: "gpu" };
    const recorded = new Set<string>();
    const tiles = (pass: TilePass, g: Geometry) => {
      recorded.add(tileBucket(pass, g));
      return defaultTiles(pass);
    };
    const store = new ParameterStore(gpu);
    jointStep(new Graph({ ...gpu, tiles }, store, "train"), config, {
      viewHeight: 64,
      output: 32,
    }, 10);
    store.destroy();
    const found = surveyTiles(gpu, config);
    ok(recorded.size > 20);
    deepEqual([...found.keys()].sort(), [...recorded].sort());
    const flops = [...found.values()].map(({ flops }) => flops);
    deepEqual(flops, flops.toSorted((a, b) => b - a));
  });
}

Deno.test("tuneTiles() takes another setting than the default only where it is clearly faster", async () => {
  const buckets = new Map([bucket("forward", sized(16, 16), 1)]);
  const [key] = buckets.keys();
  const by = async (seconds: number) => {
    const { table, fresh } = await tuneTiles(
      { limits },
      buckets,
      {},
      clock("16x16x4", seconds).time,
    );
    deepEqual(fresh, table);
    return table[key!];
  };
  equal(await by(0.9), "16x16x4");
  equal(await by(0.97), "8x8x4");
  equal(await by(1.1), "8x8x4");
});

Deno.test("tuneTiles() times what is not known and leaves out what makes up little", async () => {
  const buckets = new Map([
    bucket("forward", sized(16, 16), 60),
    bucket("input gradient", sized(16, 16), 20),
    bucket("weight gradient", sized(16, 16), 19),
    bucket("forward", sized(1, 1), 1),
  ]);
  const [forward, input, weight] = [...buckets.keys()] as [string, string, string];
  const { time, asked } = clock("16x8x4", 0.5);
  // the second is a setting that there is no longer
  const known = { [forward]: "8x16x4", [input]: "4x4x4", other: "8x8x4" };
  const { table, fresh } = await tuneTiles({ limits }, buckets, known, time);
  deepEqual(asked, [input, weight]);
  deepEqual(fresh, { [input]: "16x8x4", [weight]: tileNames("weight gradient")[0] });
  deepEqual(table, { [forward]: "8x16x4", ...fresh });
});
