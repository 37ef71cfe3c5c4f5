import { deepEqual, equal } from "node:assert/strict";
import { type Conv2dCase, conv2dGeometry } from "../../tests/helpers/conv2d_sizes.ts";
import type { Gpu } from "../gpu/device.ts";
import { choosePixelVariant, chooseWeightVariant } from "./conv2d_choice.ts";
import { tileSetting } from "./conv2d_tile_choice.ts";

/** llvmpipe in name only. */
const software = {
  kind: "cpu",
  subgroups: true,
  limits: { maxStorageBufferBindingSize: 1 << 27 },
  device: { adapterInfo: { subgroupMinSize: 8, subgroupMaxSize: 8 } },
} as unknown as Gpu;

/** Kernels of forward pass, input gradient and weight gradient. */
function kinds(gpu: Gpu, of: Conv2dCase): string[] {
  const g = conv2dGeometry(of);
  const pixels = [false, true].map((transposed) => choosePixelVariant(gpu, g, transposed));
  return [...pixels, chooseWeightVariant(gpu, g)].map(({ kind }) => kind);
}

Deno.test("UniFuse's convolutions on a software adapter take the kernels that were fastest there", () => {
  const chosen: [Conv2dCase, string[]][] = [
    [{ shape: [4, 32, 64, 64, 64], kernel: 3 }, ["winograd", "winograd", "winograd"]],
    [{ shape: [4, 8, 16, 256, 256], kernel: 3 }, ["winograd", "winograd", "winograd"]],
    [{ shape: [4, 8, 16, 512, 256], kernel: 3 }, ["winograd", "winograd", "winograd"]],
    [{ shape: [4, 4, 8, 512, 512], kernel: 3 }, ["channels", "channels", "columns"]],
    [{ shape: [24, 2, 2, 512, 512], kernel: 3 }, ["channels", "channels", "columns"]],
    [{ shape: [4, 64, 128, 128, 64], kernel: 1 }, ["channels", "channels", "columns"]],
    [{ shape: [4, 128, 256, 3, 64], kernel: 7, stride: 2 }, ["channels", "channels", "columns"]],
    [{ shape: [4, 128, 256, 16, 16], kernel: 3 }, ["lanes", "lanes", "columns"]],
    [{ shape: [4, 32, 64, 16, 16], kernel: 3 }, ["lanes", "lanes", "pixels"]],
    [{ shape: [4, 128, 256, 16, 1], kernel: 3 }, ["lanes", "lanes", "pixels"]],
  ];
  deepEqual(chosen.map(([of]) => kinds(software, of)), chosen.map(([, want]) => want));
});

Deno.test("Weight gradients take as many rows and columns a lane as the channels fill", () => {
  const lanesOf = (shape: Conv2dCase["shape"], kernel: number) => {
    const variant = chooseWeightVariant(software, conv2dGeometry({ shape, kernel }));
    return variant.kind === "columns" ? [variant.rows, variant.vector] : variant.kind;
  };
  deepEqual(lanesOf([1, 8, 16, 32, 16], 1), [1, 2]);
  deepEqual(lanesOf([4, 64, 128, 128, 64], 1), [2, 4]);
  deepEqual(lanesOf([4, 4, 8, 512, 512], 3), [3, 4]);
});

Deno.test("A GPU's convolutions take tiles, a software adapter's without subgroups lanes over pixels", () => {
  const of: Conv2dCase = { shape: [4, 32, 64, 64, 64], kernel: 3 };
  deepEqual(kinds({ ...software, kind: "gpu" }, of), ["tiles", "tiles", "tiles"]);
  deepEqual(kinds({ ...software, subgroups: false }, of), ["lanes", "lanes", "pixels"]);
});

Deno.test("Weight gradients by tiles are split where there are few workgroups and many pixels, or Winograd's tiles", () => {
  const partsOf = (name: string, shape: Conv2dCase["shape"]) => {
    const gpu: Gpu = { ...software, tiles: () => tileSetting("weight gradient", name) };
    const variant = chooseWeightVariant(gpu, conv2dGeometry({ shape, kernel: 3 }));
    return "parts" in variant ? variant.parts : 0;
  };
  equal(partsOf("8x8x16", [4, 64, 128, 32, 32]), 64);
  equal(partsOf("winograd 8x8x16", [4, 64, 128, 32, 32]), 8); // of 256 of its 2048 tiles
  equal(partsOf("winograd 8x8x16", [16, 64, 128, 32, 32]), 29); // 1044 workgroups
  equal(partsOf("winograd 16x16x16", [4, 64, 128, 512, 512]), 1);
});
