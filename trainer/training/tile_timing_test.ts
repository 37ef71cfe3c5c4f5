import { deepEqual, equal, ok } from "node:assert/strict";
import { testMixed } from "../../tests/helpers/check_mixed.ts";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { openGpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { flattened, type Geometry, geometry, type Placement } from "../kernels/conv2d_geometry.ts";
import { tileCandidates, type TilePass } from "../kernels/conv2d_tile_choice.ts";
import { timeTiles } from "./tile_timing.ts";

const gpu = await testGpu();

async function sized(
  image: readonly number[],
  weight: readonly number[],
  placement: Placement,
): Promise<Geometry> {
  const graph = new Graph(await testGpu(), new ParameterStore(gpu), "evaluate");
  return flattened(geometry(graph.input("x", image), graph.parameter("w", weight), placement));
}

/** The settings that differ most. */
function defaultAndWinograd(pass: TilePass, g: Geometry): string[] {
  return tileCandidates(pass, g, gpu.limits)
    .filter((name, i) => i === 0 || name.startsWith("winograd "));
}

const passes: TilePass[] = ["forward", "input gradient", "weight gradient"];
for (const pass of passes) {
  Deno.test(`timeTiles() times each setting of the ${pass}`, async () => {
    const g = await sized([1, 9, 14, 40], [44, 40, 3, 3], { stride: 2, padding: 1 });
    const names = tileCandidates(pass, g, gpu.limits);
    ok(names.length > 4);
    const seconds = await timeTiles(gpu, "f32", pass, g, names);
    equal(seconds.length, names.length);
    for (const value of seconds) ok(value > 0 && Number.isFinite(value), `${seconds}`);
  });
}

for (const pass of passes) {
  Deno.test(`timeTiles() times Winograd's settings of the ${pass} too`, async () => {
    const g = await sized([1, 6, 10, 40], [44, 40, 3, 3], { padding: 1 });
    const names = defaultAndWinograd(pass, g);
    ok(names.length > 1);
    const seconds = await timeTiles(gpu, "f32", pass, g, names);
    equal(seconds.length, names.length);
    for (const value of seconds) ok(value > 0 && Number.isFinite(value), `${seconds}`);
  });
}

await testMixed("timeTiles() times maps that are stored as f16, and the head's", async (gpu) => {
  for (const pass of passes) {
    const head = await sized([1, 8, 16, 8], [1, 8, 3, 3], { padding: 1 });
    const wide = await sized([1, 6, 10, 40], [44, 40, 3, 3], { padding: 1 });
    for (
      const [g, names] of [
        [head, tileCandidates(pass, head, gpu.limits)],
        [wide, defaultAndWinograd(pass, wide)],
      ] as const
    ) {
      const seconds = await timeTiles(gpu, "mixed", pass, g, names);
      for (const value of seconds) ok(value > 0 && Number.isFinite(value), `${seconds}`);
    }
  }
});

// None of these images could be bound: 4 GiB each.
const huge: [string, readonly number[], Placement][] = [
  ["of one row", [64, 2048, 2048, 4], {}],
  ["of a batch", [4096, 256, 256, 4], { stride: 2 }],
];
for (const [what, image, placement] of huge) {
  Deno.test(`timeTiles() times a part of large images ${what}`, async () => {
    const g = await sized(image, [4, 4, 1, 1], placement);
    const [seconds] = await timeTiles(gpu, "f32", "forward", g, ["8x8x4"]);
    ok(seconds! > 0 && Number.isFinite(seconds));
  });
}

Deno.test("timeTiles() compiles a setting for its own pass only", async () => {
  const own = await openGpu();
  const depths = new Set<string>();
  const create = own.device.createShaderModule.bind(own.device);
  own.device.createShaderModule = (descriptor) => {
    if (/fn forward/.test(descriptor.code)) depths.add(/DEPTH = (\d+)/.exec(descriptor.code)![1]!);
    return create(descriptor);
  };
  const g = await sized([1, 4, 4, 8], [8, 8, 3, 3], { padding: 1 });
  await timeTiles(own, "f32", "weight gradient", g, ["8x8x16", "8x8x32"]);
  deepEqual([...depths], ["4"]);
  own.device.destroy();
});
