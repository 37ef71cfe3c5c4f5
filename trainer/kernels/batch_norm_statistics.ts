import { type Graph, read, type Tensor, write } from "../gpu/graph.ts";
import { blocksCode, channelsOf, forSums, pixelsOf } from "./blocks.ts";
import code from "./batch_norm_statistics.wgsl" with { type: "text" };

/** Mean and 1 / sqrt(variance + eps) of the batch; moves the running statistics. */
export function statistics(
  graph: Graph,
  name: string,
  x: Tensor,
  { runningMean, runningVar }: { runningMean: Tensor; runningVar: Tensor },
): { mean: Tensor; spread: Tensor } {
  const channels = channelsOf(x);
  const over = forSums(graph.gpu, 1, pixelsOf(x), channels);
  const partials = graph.temp(`${name} tiles`, [over.parts * 2 * over.vectors * 4]);
  const mean = graph.temp(`${name} mean`, [over.vectors * 4]);
  const spread = graph.temp(`${name} spread`, [over.vectors * 4]);
  const shader = (entryPoint: string) => ({
    file: "batch_norm_statistics.wgsl",
    code: [blocksCode, code],
    entryPoint,
  });
  graph.dispatch({
    label: `batch_norm tiles ${name}`,
    shader: shader(over.first),
    uniforms: over.uniforms,
    bindings: [read(x), write(partials)],
    workgroups: over.workgroups,
  });
  graph.dispatch({
    label: `batch_norm finish ${name}`,
    shader: shader(over.second.entryPoint),
    uniforms: over.uniforms,
    bindings: [
      read(partials),
      write(mean),
      write(spread),
      { tensor: runningMean, access: "readwrite" },
      { tensor: runningVar, access: "readwrite" },
    ],
    workgroups: over.second.workgroups,
  });
  return { mean, spread };
}
