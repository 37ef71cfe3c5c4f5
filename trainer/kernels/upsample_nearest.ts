import { type Graph, read, target, type Tensor, write } from "../gpu/graph.ts";
import { blocksCode, forMap } from "./blocks.ts";
import code from "./upsample_nearest.wgsl" with { type: "text" };

/** Each pixel becomes 2 x 2 of itself. x: [N, H, W, C] -> [N, 2H, 2W, C]. */
export function upsampleNearest(graph: Graph, x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const y = graph.result("upsample_nearest", [n, 2 * h, 2 * w, c], [x]);
  const over = forMap(graph.gpu, n * h, w, c);
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "upsample_nearest.wgsl",
    code: [blocksCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  graph.dispatch({
    label: "upsample_nearest forward",
    shader: shader("forward"),
    uniforms: over.uniforms,
    bindings: [read(x), write(y)],
    repeatable: true,
    workgroups: over.workgroups,
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = dy && graph.contribute(x);
    if (!dx) return;
    graph.dispatch({
      label: "upsample_nearest backward",
      shader: shader("backward", dx.accumulate),
      uniforms: over.uniforms,
      bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
      workgroups: over.workgroups,
    });
  });
  return y;
}
