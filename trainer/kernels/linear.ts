import type { Graph, Tensor } from "../gpu/graph.ts";
import { conv2d } from "./conv2d.ts";

/**
 * y = x weightᵀ + bias at every pixel: a 1x1 convolution.
 *
 * x `[N, H, W, I]` (mostly `[N, 1, 1, I]`), weight `[O, I]`, bias `[O]` -> `[N, H, W, O]`.
 *
 * @throws TypeError when the shapes do not fit each other
 */
export function linear(graph: Graph, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  return conv2d(graph, x, weight, bias ? { bias } : {});
}
