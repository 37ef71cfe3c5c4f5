/**
 * What a mean over valid pixels or items divides by, for losses whose batch is trained in parts.
 *
 * @module
 */
import { type Graph, read, type Tensor, write } from "../gpu/graph.ts";
import code from "./count_valid.wgsl" with { type: "text" };
import { workgroupSumCode } from "./workgroup_sum.ts";

/**
 * Valid pixels (mask above 0.5) of a batch, and items that have one. Exact up to 2^24 pixels. No gradient.
 *
 * @param mask `[N, H, W, 1]`
 * @returns `[2]`: pixels, items
 * @throws TypeError for another shape
 */
export function countValid(graph: Graph, mask: Tensor): Tensor {
  const [items = 0, height = 0, width = 0, channels] = mask.shape;
  if (mask.shape.length !== 4 || channels !== 1) {
    throw new TypeError(
      `Cannot count the valid pixels of "${mask.name}" of shape [${mask.shape}]: [N,H,W,1] is needed`,
    );
  }
  const counts = graph.temp("valid pixels", [items]);
  const whole = graph.temp("valid pixels and items", [2]);
  const step = (entryPoint: string, from: Tensor, to: Tensor, workgroups: number): void =>
    graph.dispatch({
      label: `count_valid ${entryPoint}`,
      shader: { file: "count_valid.wgsl", code: [code, workgroupSumCode], entryPoint },
      uniforms: [items, height * width],
      bindings: [read(from), write(to)],
      workgroups: [workgroups],
    });
  step("count_item", mask, counts, items);
  step("sum_items", counts, whole, 1);
  return whole;
}
