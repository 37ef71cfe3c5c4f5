/**
 * The kernels of conv2d and their settings.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { TileSetting } from "./conv2d_tile_choice.ts";
import type { WinogradPixels, WinogradWeight } from "./conv2d_winograd_product.ts";

/** Invocations that run in lockstep, where kernels may count on it; 0 where they may not. */
export type Lockstep = 0 | 4 | 8 | 16;

/** Kernels of the forward pass and of the input gradient. */
export type PixelVariant =
  /** conv2d_channels.wgsl: lanes over output channels, tiles of `runs * lanes` pixels (1 to 8 runs). */
  | { readonly kind: "channels"; readonly lanes: number; readonly runs: number }
  /** conv2d.wgsl; `lanes` 0: without subgroups. A lane keeps `runs` runs of `run` pixels and `blocks` (1 to 4) groups of 4 channels. */
  | {
    readonly kind: "lanes";
    readonly lanes: Lockstep;
    readonly run: number;
    readonly runs: number;
    readonly taps: number;
    readonly blocks: number;
  }
  /** conv2d_tiles.wgsl, or conv2d_winograd.ts for GPUs. */
  | TileSetting
  /** conv2d_winograd.ts for software adapters. */
  | WinogradPixels;

/** Kernels of the weight gradient. `parts`: into how many the pixels are split. */
export type WeightVariant =
  /** conv2d_weight.wgsl: lanes over output channels, `vector` a lane; `rows * lanes` groups of 4 rows (1 to 3 `rows`). */
  | {
    readonly kind: "columns";
    readonly lanes: Lockstep;
    readonly vector: 1 | 2 | 4;
    readonly rows: number;
    readonly parts: number;
  }
  /** conv2d_weight_pixels.wgsl: lanes over runs of `run` pixels. */
  | {
    readonly kind: "pixels";
    readonly run: number;
    readonly taps: number;
    readonly inputs: number;
    readonly outputs: number;
    readonly parts: number;
  }
  /** conv2d_weight_tiles.wgsl, or conv2d_winograd.ts for GPUs; there tiles are split. */
  | (TileSetting & { readonly parts: number })
  /** conv2d_winograd.ts for software adapters. */
  | WinogradWeight;

/** Lanes of a kernel that does not share loads between them. */
export const portableLanes = 8;

/** {@linkcode Lockstep} of an adapter. */
export function lockstepLanes(gpu: Gpu): Lockstep {
  const { subgroupMinSize, subgroupMaxSize } = gpu.device.adapterInfo;
  const known = gpu.subgroups && subgroupMinSize === subgroupMaxSize;
  return known ? ([4, 8, 16] as const).find((lanes) => lanes === subgroupMinSize) ?? 0 : 0;
}
