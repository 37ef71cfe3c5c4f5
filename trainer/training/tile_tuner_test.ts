import { deepEqual, equal, ok } from "node:assert/strict";
import { conv2dGeometry } from "../../tests/helpers/conv2d_sizes.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Geometry } from "../kernels/conv2d_geometry.ts";
import { defaultTiles, tileNames, type TilePass } from "../kernels/conv2d_tile_choice.ts";
import { tileBucket } from "../kernels/conv2d_tile_table.ts";
import { jointStep } from "./joint_step.ts";
import { surveyTiles, type TileBucket, type TimeTiles, tuneTiles } from "./tile_tuner.ts";

const limits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 32768,
  maxStorageBufferBindingSize: 1 << 27,
  maxBufferSize: 1 << 28,
} as GPUSupportedLimits;

/** A 3x3 convolution of one map of 64x128. */
function sized(inputGroups: number, outputGroups: number): Geometry {
  return conv2dGeometry({ shape: [1, 64, 128, 4 * inputGroups, 4 * outputGroups], kernel: 3 });
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

Deno.test("tuneTiles() takes Winograd's where it is fastest, and only where its points can be bound", async () => {
  const shape = sized(16, 16);
  const buckets = new Map([bucket("forward", shape, 1)]);
  const [key] = buckets.keys() as MapIterator<string>;
  const { time, asked } = clock("winograd 8x8x4", 0.5);
  const { table } = await tuneTiles({ limits }, buckets, {}, time);
  deepEqual(table, { [key!]: "winograd 8x8x4" });
  deepEqual((await tuneTiles({ limits }, buckets, table, time)).fresh, {});
  equal(asked.length, 1);
  const small = { ...limits, maxStorageBufferBindingSize: 1 << 22 }; // 36 points of 512 tiles are 4.5 MiB
  const lesser = await tuneTiles({ limits: small }, buckets, table, time);
  deepEqual(lesser.fresh, { [key!]: "8x8x4" });
});
