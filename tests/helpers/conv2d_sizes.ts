/**
 * Sizes of a convolution, as tests write them down.
 *
 * @module
 */
import { pad4 } from "../../trainer/gpu/tensor.ts";
import type { Geometry } from "../../trainer/kernels/conv2d_geometry.ts";
import { outputSize, type Sizes } from "../../trainer/kernels/conv2d_reference.ts";
import type { Lockstep, PixelVariant } from "../../trainer/kernels/conv2d_variants.ts";

/** A convolution; one number for the kernel or its padding counts for both directions. */
export interface Conv2dCase {
  /** N, H, W, I, O. */
  readonly shape: readonly [number, number, number, number, number];
  readonly kernel: number | readonly [number, number];
  readonly stride?: number;
  /** Half the kernel where it is left away. */
  readonly padding?: number | readonly [number, number];
}

/** What the twin of the convolution takes. */
export function conv2dSizes({ shape, kernel, stride = 1, padding }: Conv2dCase): Sizes {
  const [batch, height, width, inputs, outputs] = shape;
  const [kernelHeight, kernelWidth] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const [paddingY, paddingX] = typeof padding === "object"
    ? padding
    : [padding ?? kernelHeight >> 1, padding ?? kernelWidth >> 1];
  const window = { kernelHeight, kernelWidth, stride, paddingY, paddingX };
  return { batch, height, width, inputs, outputs, ...window };
}

/** What its kernels are chosen by. */
export function conv2dGeometry(of: Conv2dCase): Geometry {
  const s = conv2dSizes(of);
  const [outputHeight, outputWidth] = outputSize(s);
  const [inputGroups, outputGroups] = [pad4(s.inputs) / 4, pad4(s.outputs) / 4];
  return { ...s, outputHeight, outputWidth, inputGroups, outputGroups };
}

/** A variant of each kind of kernel that gives pixels, as far as the adapter runs them in `lanes`. */
export function pixelVariants(lanes: Lockstep): PixelVariant[] {
  const portable: PixelVariant[] = [
    { kind: "lanes", lanes: 0, run: 4, runs: 2, taps: 1, blocks: 2 },
    { kind: "tiles", columns: 8, rows: 8, depth: 4 },
    { kind: "tiles", columns: 16, rows: 8, depth: 4 },
    { kind: "winograd tiles", columns: 8, rows: 8, depth: 4 },
  ];
  if (lanes === 0) return portable;
  return [
    ...portable,
    { kind: "channels", lanes, runs: 4 },
    { kind: "winograd", lanes, runs: 4 },
    { kind: "lanes", lanes, run: 8, runs: 1, taps: 3, blocks: 2 },
  ];
}
