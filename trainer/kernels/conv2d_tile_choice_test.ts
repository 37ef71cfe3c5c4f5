import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type Conv2dCase, conv2dGeometry } from "../../tests/helpers/conv2d_sizes.ts";
import type { Geometry } from "./conv2d_geometry.ts";
import {
  defaultTiles,
  fitsWorkgroup,
  tileCandidates,
  type TileLimits,
  tileNames,
  type TilePass,
  tileSetting,
} from "./conv2d_tile_choice.ts";

const passes: TilePass[] = ["forward", "input gradient", "weight gradient"];
const least: TileLimits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxStorageBufferBindingSize: 1 << 27,
  maxBufferSize: 1 << 28,
};
const more = { ...least, maxComputeWorkgroupStorageSize: 32768 };

/** A 3x3 convolution of one map that keeps its size. */
function sized(height: number, width: number, inputs: number, outputs: number): Geometry {
  return conv2dGeometry({ shape: [1, height, width, inputs, outputs], kernel: 3 });
}

Deno.test("tileSetting() reads a name, and refuses one that the pass does not have", () => {
  deepEqual(tileSetting("forward", "16x8x4"), { kind: "tiles", columns: 16, rows: 8, depth: 4 });
  const winograd = { kind: "winograd tiles", columns: 8, rows: 8, depth: 16 };
  deepEqual(tileSetting("weight gradient", "winograd 8x8x16"), winograd);
  for (const name of ["8x8x16", "winograd 8x8x16", "winograd", "7x7x7"]) {
    throws(() => tileSetting("forward", name), {
      name: "RangeError",
      message: new RegExp(`^Cannot use tiles "${name}" for the forward: there are 8x8x4, `),
    });
  }
});

Deno.test("tileCandidates() gives what fits the adapter, the default first", () => {
  const wide = sized(64, 128, 128, 128);
  for (const pass of passes) {
    const small = tileCandidates(pass, wide, least);
    const large = tileCandidates(pass, wide, more);
    deepEqual(large, tileNames(pass));
    const lost = large.filter((name) => !small.includes(name));
    equal(lost.length, 1); // it needs 17 KiB
    ok(!fitsWorkgroup(pass, tileSetting(pass, lost[0]!), least));
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
  const narrowing = sized(64, 128, 128, 32);
  deepEqual(columns("forward", narrowing), new Set([8]));
  deepEqual(columns("weight gradient", narrowing), new Set([8]));
  deepEqual(columns("input gradient", narrowing), new Set([8, 16]));
  const point = { ...sized(64, 128, 32, 128), kernelHeight: 1, kernelWidth: 1 };
  const rows = tileCandidates("weight gradient", point, more)
    .map((name) => tileSetting("weight gradient", name).rows);
  deepEqual(new Set(rows), new Set([8]));
});

/** Names of Winograd's settings that are timed for a shape. */
function winograd(pass: TilePass, of: Conv2dCase, limits: TileLimits = least): string[] {
  return tileCandidates(pass, conv2dGeometry(of), limits).filter((name) => /winograd/.test(name));
}

Deno.test("tileCandidates() has Winograd's for 3x3 with stride 1, channels to pay for it and full tiles", () => {
  for (const pass of passes) {
    equal(winograd(pass, { shape: [1, 64, 128, 64, 64], kernel: 3 }).length, 2);
    equal(winograd(pass, { shape: [1, 5, 5, 29, 32], kernel: 3 }).length, 0); // 25 of 64 pixels
    equal(winograd(pass, { shape: [1, 6, 6, 29, 32], kernel: 3 }).length, 1); // 16 columns are too many
    const without: Conv2dCase[] = [
      { shape: [1, 64, 128, 64, 28], kernel: 3 },
      { shape: [1, 64, 128, 28, 64], kernel: 3 },
      { shape: [1, 64, 128, 64, 64], kernel: 3, stride: 2 },
      { shape: [1, 64, 128, 64, 64], kernel: 3, padding: 3 },
      { shape: [1, 64, 128, 64, 64], kernel: [3, 1] },
      { shape: [1, 64, 128, 64, 64], kernel: 1 },
    ];
    for (const of of without) deepEqual(winograd(pass, of), []);
  }
  const narrow = { shape: [1, 64, 128, 32, 128], kernel: 3 } as const;
  deepEqual(winograd("forward", narrow), ["winograd 8x8x4", "winograd 16x16x4"]);
  deepEqual(winograd("weight gradient", narrow), ["winograd 8x8x16"]); // rows are input channels alone
});

Deno.test("tileCandidates() has Winograd's only where its points can be bound", () => {
  const of = { shape: [1, 64, 128, 64, 128], kernel: 3 } as const;
  const bytes = 4 * 36 * (16 * 32) * 128; // of a tile's points of the channels of the wider side
  for (const pass of passes) {
    for (const limit of ["maxStorageBufferBindingSize", "maxBufferSize"] as const) {
      equal(winograd(pass, of, { ...least, [limit]: bytes }).length, 2);
      equal(winograd(pass, of, { ...least, [limit]: bytes - 1 }).length, 0);
    }
  }
  const deep = { shape: [1, 4, 4, 512, 512], kernel: 3 } as const; // the points of its weight are the most
  equal(winograd("forward", deep, { ...least, maxBufferSize: 4 * 36 * 512 * 512 - 1 }).length, 0);
  equal(winograd("forward", deep, { ...least, maxBufferSize: 4 * 36 * 512 * 512 }).length, 2);
});
