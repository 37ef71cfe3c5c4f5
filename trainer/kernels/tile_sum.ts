import { type Contribution, f32, type Graph, read, target, type Tensor } from "../gpu/graph.ts";
import type { NamedText } from "../gpu/shader_error.ts";
import type { Blocks } from "./blocks.ts";
import stripSumText from "./shared/strip_sum.wgsl" with { type: "text" };
import code from "./tile_sum.wgsl" with { type: "text" };

/** The WGSL of sums over the threads of a workgroup. */
export const sumCode: NamedText = { file: "shared/strip_sum.wgsl", text: stripSumText };

/** Room for a sum per image and block of pixels, `[images, tiles, vectors]` vec4. */
export function partialSums(graph: Graph, label: string, over: Blocks): Tensor {
  return graph.temp(`${label} tiles`, [over.workgroups[2] * over.tiles * over.vectors * 4]);
}

/** Second pass of a sum over pixels: out [images, vectors] = or += factor * sum of its partial sums, in a fixed order. */
export function sumTiles(
  graph: Graph,
  label: string,
  over: Blocks,
  partials: Tensor,
  out: Contribution,
  factor: number,
): void {
  graph.dispatch({
    label: `${label} sum`,
    shader: { file: "tile_sum.wgsl", code: [sumCode, code], entryPoint: "forward" },
    uniforms: [over.tiles, over.vectors, Number(out.accumulate), f32(factor)],
    bindings: [read(partials), { tensor: out.tensor, access: target(out) }],
    workgroups: [over.vectors, over.workgroups[2]],
  });
}
