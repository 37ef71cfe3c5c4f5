/**
 * Lifts a batch with negative values, as the released distillation does before it inverts disparities.
 *
 * @module
 */
import {
  type Dispatch,
  type Graph,
  read,
  spread,
  target,
  type Tensor,
  write,
} from "../gpu/graph.ts";
import { workgroupSumCode } from "./workgroup_sum.ts";
import code from "./shift_minimum.wgsl" with { type: "text" };

/**
 * `y = x - min(0, smallest x of the whole batch)`. Differentiable, also through the minimum: where it is negative,
 * the sum of the upstream gradient is taken from the pixel that holds it, evenly over ties (released recipe;
 * never happens where a sigmoid ends the network).
 *
 * @param x `[N, H, W, 1]`; NaN and infinities pass through
 * @throws TypeError for another shape
 */
export function shiftMinimum(graph: Graph, x: Tensor): Tensor {
  if (x.shape.length !== 4 || x.shape[3] !== 1) {
    throw new TypeError(`Cannot shift "${x.name}" of shape [${x.shape}]: [N,H,W,1] is needed`);
  }
  const pixels = x.bytes / 16;
  const chunk = graph.gpu.kind === "cpu" ? 16384 : 4096;
  const chunks = Math.ceil(pixels / chunk);
  if (chunks > 65535) {
    throw new RangeError(
      `Cannot shift "${x.name}": ${pixels} pixels are too many for one dispatch`,
    );
  }
  const step = (
    entryPoint: string,
    bindings: Dispatch["bindings"],
    workgroups: Dispatch["workgroups"],
    accumulate = false,
  ): void =>
    graph.dispatch({
      label: `shift_minimum ${entryPoint}`,
      shader: { file: "shift_minimum.wgsl", code: [code, workgroupSumCode], entryPoint },
      uniforms: [pixels, chunk, chunks, accumulate ? 1 : 0],
      bindings,
      workgroups,
    });
  const minima = graph.temp("partial minima", [chunks]);
  const minimum = graph.temp("minimum", [1]);
  const y = graph.result("shift minimum", x.shape, [x]);
  step("find_minima", [read(x), write(minima)], [chunks]);
  step("finish_minimum", [read(minima), write(minimum)], [1]);
  step("forward", [read(x), read(minimum), write(y)], spread(pixels, 64));
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = dy && graph.contribute(x);
    if (!dx) return;
    const partial = graph.temp("partial gradients", [chunks * 4]);
    const share = graph.temp("share of the minimum", [1]);
    step("sum_gradient", [read(x), read(minimum), read(dy), write(partial)], [chunks]);
    step("finish_gradient", [read(partial), write(share)], [1]);
    const gradient = { tensor: dx.tensor, access: target(dx) };
    const bindings = [read(x), read(minimum), read(dy), read(share), gradient];
    step("backward", bindings, spread(pixels, 64), dx.accumulate);
  });
  return y;
}
