import { type Contribution, f32, type Graph, read, target, type Tensor } from "../gpu/graph.ts";
import type { NamedText } from "../gpu/shader_error.ts";
import type { Gpu } from "../gpu/device.ts";
import { blocksCode, type Sums } from "./blocks.ts";
import stripAloneText from "./shared/strip_alone.wgsl" with { type: "text" };
import stripSumText from "./shared/strip_sum.wgsl" with { type: "text" };
import code from "./tile_sum.wgsl" with { type: "text" };

/** The WGSL of sums over the threads of a workgroup; it needs `blocksCode`. */
export function sumCode(gpu: Gpu): NamedText {
  return gpu.kind === "cpu"
    ? { file: "shared/strip_alone.wgsl", text: stripAloneText }
    : { file: "shared/strip_sum.wgsl", text: stripSumText };
}

/** Room for the sums of the first pass, `[images, parts, vectors]` vec4. */
export function partialSums(graph: Graph, label: string, over: Sums): Tensor {
  return graph.temp(`${label} tiles`, [over.workgroups[2] * over.parts * over.vectors * 4]);
}

/** Second pass of a sum over pixels: out [images, vectors] = or += factor * sum of its partial sums, in a fixed order. */
export function sumTiles(
  graph: Graph,
  label: string,
  over: Sums,
  partials: Tensor,
  out: Contribution,
  factor: number,
): void {
  const { entryPoint, workgroups } = over.second;
  graph.dispatch({
    label: `${label} sum`,
    shader: { file: "tile_sum.wgsl", code: [blocksCode, sumCode(graph.gpu), code], entryPoint },
    uniforms: [over.parts, over.vectors, Number(out.accumulate), f32(factor)],
    bindings: [read(partials), { tensor: out.tensor, access: target(out) }],
    workgroups: [...workgroups, over.workgroups[2]],
  });
}
