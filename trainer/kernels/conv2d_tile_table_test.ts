import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { conv2dGeometry } from "../../tests/helpers/conv2d_sizes.ts";
import type { Geometry } from "./conv2d_geometry.ts";
import { defaultTiles, tileSetting } from "./conv2d_tile_choice.ts";
import { fittingTiles, tabulated, tileBucket } from "./conv2d_tile_table.ts";

const limits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxStorageBufferBindingSize: 1 << 27,
  maxBufferSize: 1 << 28,
};

/** A 3x3 convolution of one map that keeps its size. */
function sized(height: number, width: number, inputs: number, outputs: number): Geometry {
  return conv2dGeometry({ shape: [1, height, width, inputs, outputs], kernel: 3 });
}

Deno.test("tileBucket() puts shapes together up to a power of 2", () => {
  const bucket = tileBucket("forward", sized(64, 128, 20, 48));
  equal(bucket, "forward 3x3 stride 1, 32 to 64 channels, 8192 pixels");
  equal(tileBucket("forward", sized(63, 127, 32, 64)), bucket);
  for (const other of [sized(64, 129, 20, 48), sized(64, 128, 16, 48), sized(64, 128, 20, 68)]) {
    notEqual(tileBucket("forward", other), bucket);
  }
  notEqual(tileBucket("input gradient", sized(64, 128, 20, 48)), bucket);
});

Deno.test("fittingTiles() keeps what there is and an adapter can run", () => {
  const forward = tileBucket("forward", sized(64, 128, 64, 64));
  const weight = tileBucket("weight gradient", sized(64, 128, 64, 64));
  const kept = { [forward]: "winograd 16x16x4", [weight]: "8x8x16" };
  deepEqual(fittingTiles({ ...kept, nonsense: "8x8x4" }, limits), kept);
  const few = { ...limits, maxComputeInvocationsPerWorkgroup: 64 };
  deepEqual(fittingTiles(kept, few), { [weight]: "8x8x16" });
  for (const name of ["winograd 8x8x3", "16x16x8"]) {
    deepEqual(fittingTiles({ [forward]: name }, limits), {});
  }
});

Deno.test("tabulated() takes the table's setting, and the default for what it lacks", () => {
  const g = sized(64, 128, 64, 64);
  const choice = tabulated({ [tileBucket("forward", g)]: "16x8x4" }, limits);
  deepEqual(choice("forward", g), tileSetting("forward", "16x8x4"));
  deepEqual(choice("input gradient", g), defaultTiles("input gradient"));
  throws(() => tabulated({ [tileBucket("forward", g)]: "8x8x16" }, limits)("forward", g), {
    name: "RangeError",
    message: /^Cannot use tiles "8x8x16" for the forward: there are 8x8x4, /,
  });
});

Deno.test("tabulated() takes the default for a shape whose points of Winograd cannot be bound", () => {
  const [timed, larger] = [sized(60, 124, 64, 64), sized(64, 128, 64, 64)];
  const bucket = tileBucket("forward", timed);
  equal(tileBucket("forward", larger), bucket);
  const maxBufferSize = 4 * 36 * (15 * 31) * 64;
  const choice = tabulated({ [bucket]: "winograd 8x8x4" }, { ...limits, maxBufferSize });
  deepEqual(choice("forward", timed), tileSetting("forward", "winograd 8x8x4"));
  deepEqual(choice("forward", larger), defaultTiles("forward"));
  const padded = conv2dGeometry({ shape: [1, 56, 120, 64, 64], kernel: 3, padding: 4 });
  equal(tileBucket("forward", padded), bucket);
  deepEqual(choice("forward", padded), defaultTiles("forward"));
});
