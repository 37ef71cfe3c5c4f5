/**
 * UniFuse's decoder (networks/unifuse.py): five levels of nearest ×2 upsampling, each joined with the features of
 * the encoder, then one channel at full size. Where the features are no larger, nothing is upsampled.
 *
 * @module
 */
import type { Tensor } from "../gpu/graph.ts";
import { concat, concatUpsampled } from "../kernels/concat.ts";
import { upsampleNearest } from "../kernels/upsample_nearest.ts";
import type { Layers } from "./layers.ts";

/** Names of the decoder's blocks. */
export interface DecoderNames {
  /** `upconv_5 … upconv_1`. */
  readonly up: readonly string[];
  /** `deconv_4 … deconv_0`. */
  readonly joined: readonly string[];
  /** `depthconv_0`. */
  readonly head: string;
}

/**
 * From the deepest features to one channel at full size, before any output activation.
 *
 * @param features the deepest level
 * @param skip features of level 3, 2, 1, 0, asked for in this order: `[N, H/16 …, C]` to `[N, H/2, W/2, C]`, each of the
 *   size of the one before or twice that
 * @param channels of the five levels, deepest first
 * @returns `[N, H, W, 1]`
 */
export function decode(
  layers: Layers,
  names: DecoderNames,
  features: Tensor,
  skip: (level: number) => Tensor,
  channels: readonly number[],
): Tensor {
  let x = features;
  channels.forEach((count, k) => {
    x = layers.convElu(names.up[k]!, x, count);
    const joined = k < 4 ? skip(3 - k) : undefined;
    x = !joined
      ? upsampleNearest(layers.graph, x)
      : joined.shape[1] === x.shape[1]
      ? concat(layers.graph, [x, joined])
      : concatUpsampled(layers.graph, x, joined);
    x = layers.convElu(names.joined[k]!, x, count);
  });
  return layers.conv(`${names.head}.conv`, x, 1, { kernel: 3, bias: true });
}
