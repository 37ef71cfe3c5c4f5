import { f32, type Graph, pad4, type Tensor } from "../gpu/graph.ts";
import { channelsOf } from "./blocks.ts";
import { activation } from "./pointwise.ts";
import code from "./sigmoid.wgsl" with { type: "text" };

/**
 * scale / (1 + exp(-x)). x: [N, H, W, C] -> same; padding channels stay zero.
 *
 * @param scale the limit for large x: 10 in UniFuse's head, 1 in squeeze-excitation
 * @throws RangeError unless scale is a number other than 0
 */
export function sigmoid(graph: Graph, x: Tensor, scale = 1): Tensor {
  if (!(Math.abs(scale) > 0 && Number.isFinite(scale))) {
    throw new RangeError(
      `Cannot scale a sigmoid by ${scale}: a finite number other than 0 is needed`,
    );
  }
  const channels = channelsOf(x);
  const uniforms = [channels, pad4(channels) / 4, f32(scale)];
  return activation(graph, x, { name: "sigmoid", code, uniforms });
}
