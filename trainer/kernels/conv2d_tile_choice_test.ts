import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import type { Geometry } from "./conv2d_geometry.ts";
import {
  defaultTiles,
  fitsWorkgroup,
  tabulated,
  tileBucket,
  tileCandidates,
  tileNames,
  type TilePass,
  tileSetting,
} from "./conv2d_tile_choice.ts";

const passes: TilePass[] = ["forward", "input gradient", "weight gradient"];
const least = { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: 16384 };
const more = { ...least, maxComputeWorkgroupStorageSize: 32768 };

/** A 3x3 convolution of one map that keeps its size. */
function sized(height: number, width: number, inputGroups: number, outputGroups: number): Geometry {
  return {
    ...{ batch: 1, height, width, outputHeight: height, outputWidth: width },
    ...{ inputs: 4 * inputGroups, inputGroups, outputs: 4 * outputGroups, outputGroups },
    ...{ kernelHeight: 3, kernelWidth: 3, stride: 1, paddingY: 1, paddingX: 1 },
  };
}

Deno.test("tileCandidates() gives what fits the adapter, the default first", () => {
  const wide = sized(64, 128, 32, 32);
  for (const pass of passes) {
    const small = tileCandidates(pass, wide, least);
    const large = tileCandidates(pass, wide, more);
    deepEqual(large, tileNames(pass));
    deepEqual(small, large.slice(0, -1)); // the last needs 17 KiB
    ok(!fitsWorkgroup(pass, tileSetting(pass, large.at(-1)!), least));
    deepEqual(tileSetting(pass, small[0]!), defaultTiles(pass));
    const few = { ...more, maxComputeInvocationsPerWorkgroup: 64 };
    for (const name of tileCandidates(pass, wide, few)) {
      const { columns, rows } = tileSetting(pass, name);
      equal(columns * rows, 64);
    }
  }
});

Deno.test("tileCandidates() leaves out tiles of which half would be empty", () => {
  const columns = (pass: TilePass, g: Geometry) =>
    new Set(tileCandidates(pass, g, more).map((name) => tileSetting(pass, name).columns));
  const narrowing = sized(64, 128, 32, 8);
  deepEqual(columns("forward", narrowing), new Set([8]));
  deepEqual(columns("weight gradient", narrowing), new Set([8]));
  deepEqual(columns("input gradient", narrowing), new Set([8, 16]));
  const point = { ...sized(64, 128, 8, 32), kernelHeight: 1, kernelWidth: 1 };
  const rows = tileCandidates("weight gradient", point, more)
    .map((name) => tileSetting("weight gradient", name).rows);
  deepEqual(new Set(rows), new Set([8]));
});

Deno.test("tileBucket() puts shapes together up to a power of 2", () => {
  const bucket = tileBucket("forward", sized(64, 128, 5, 12));
  equal(bucket, "forward 3x3 stride 1, 32 to 64 channels, 8192 pixels");
  equal(tileBucket("forward", sized(63, 127, 8, 16)), bucket);
  for (const other of [sized(64, 129, 5, 12), sized(64, 128, 4, 12), sized(64, 128, 5, 17)]) {
    notEqual(tileBucket("forward", other), bucket);
  }
  notEqual(tileBucket("input gradient", sized(64, 128, 5, 12)), bucket);
});

Deno.test("tabulated() takes the table's setting, and the default for what it lacks", () => {
  const g = sized(64, 128, 16, 16);
  const choice = tabulated({ [tileBucket("forward", g)]: "16x8x4" });
  deepEqual(choice("forward", g), { columns: 16, rows: 8, depth: 4 });
  deepEqual(choice("input gradient", g), defaultTiles("input gradient"));
  throws(() => tabulated({ [tileBucket("forward", g)]: "8x8x16" })("forward", g), {
    name: "RangeError",
    message: /^Cannot use tiles "8x8x16" for the forward: there are 8x8x4, /,
  });
});
