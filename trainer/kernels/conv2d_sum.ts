import { type Graph, read, spread, target, type Tensor, words } from "../gpu/graph.ts";
import type { Contribution } from "../gpu/tensor.ts";
import code from "./conv2d_sum.wgsl" with { type: "text" };

/** out = or += the sum of `[parts, …out]`, in their order: the second pass of a sum that was split. */
export function sumParts(
  graph: Graph,
  label: string,
  partials: Tensor,
  parts: number,
  out: Contribution,
): void {
  const count = words(out.tensor) / 4;
  graph.dispatch({
    label,
    shader: { file: "conv2d_sum.wgsl", code, entryPoint: "forward" },
    uniforms: [count, parts, Number(out.accumulate)],
    bindings: [read(partials), { tensor: out.tensor, access: target(out) }],
    workgroups: spread(count, 64),
  });
}
