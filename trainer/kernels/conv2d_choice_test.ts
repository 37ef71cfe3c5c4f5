import { deepEqual } from "node:assert/strict";
import { type Conv2dCase, conv2dSizes } from "../../tests/helpers/conv2d_sizes.ts";
import type { Gpu } from "../gpu/device.ts";
import { choosePixelVariant, chooseWeightVariant } from "./conv2d_choice.ts";
import type { Geometry } from "./conv2d_geometry.ts";
import { outputSize } from "./conv2d_reference.ts";

/** llvmpipe in name only. */
const software = {
  kind: "cpu",
  subgroups: true,
  limits: { maxStorageBufferBindingSize: 1 << 27 },
  device: { adapterInfo: { subgroupMinSize: 8, subgroupMaxSize: 8 } },
} as unknown as Gpu;

function geometryOf(of: Conv2dCase): Geometry {
  const s = conv2dSizes(of);
  const [outputHeight, outputWidth] = outputSize(s);
  const [inputGroups, outputGroups] = [s.inputs, s.outputs].map((c) => Math.ceil(c / 4));
  return {
    ...s,
    outputHeight,
    outputWidth,
    inputGroups: inputGroups!,
    outputGroups: outputGroups!,
  };
}

/** Kernels of forward pass, input gradient and weight gradient. */
function kinds(gpu: Gpu, of: Conv2dCase): string[] {
  const g = geometryOf(of);
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
    const variant = chooseWeightVariant(software, geometryOf({ shape, kernel }));
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
