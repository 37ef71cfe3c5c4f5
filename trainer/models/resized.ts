import { type ResizeOptions, resizeTaps } from "@depth-anywhere/geometry";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { resample } from "../kernels/resample.ts";
import { constantMap } from "../kernels/resample_map.ts";

/** Images at another size: `[N, H, W, C]` to `[N, toHeight, toWidth, C]`, as `resizeTaps()`. Differentiable. */
export function resized(
  graph: Graph,
  x: Tensor,
  toHeight: number,
  toWidth: number,
  sampling: ResizeOptions["sampling"] = "bilinear",
): Tensor {
  const [, height = 0, width = 0] = x.shape;
  const taps = resizeTaps({ height, width, toHeight, toWidth, sampling });
  const map = constantMap(graph, `resize ${height} to ${toHeight}`, taps);
  return resample(graph, x, map, { height: toHeight, width: toWidth });
}
