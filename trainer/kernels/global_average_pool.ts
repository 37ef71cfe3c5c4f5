import { type Graph, read, target, type Tensor, write } from "../gpu/graph.ts";
import { blocksCode, forMap, forSums } from "./blocks.ts";
import code from "./global_average_pool.wgsl" with { type: "text" };
import { partialSums, sumCode, sumTiles } from "./tile_sum.ts";

/** Mean over H and W. x: [N, H, W, C] -> [N, 1, 1, C]. */
export function globalAveragePool(graph: Graph, x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const y = graph.result("global_average_pool", [n, 1, 1, c], [x]);
  const over = forSums(graph.gpu, n, h * w, c);
  const partials = partialSums(graph, y.name, over);
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "global_average_pool.wgsl",
    code: [blocksCode, sumCode(graph.gpu), code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  graph.dispatch({
    label: "global_average_pool tiles",
    shader: shader("tiles"),
    uniforms: over.uniforms,
    bindings: [read(x), write(partials)],
    workgroups: over.workgroups,
  });
  sumTiles(graph, y.name, over, partials, { tensor: y, accumulate: false }, 1 / (h * w));
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = dy && graph.contribute(x);
    if (!dx) return;
    const map = forMap(graph.gpu, n, h * w, c);
    graph.dispatch({
      label: "global_average_pool backward",
      shader: shader("backward", dx.accumulate),
      uniforms: map.uniforms,
      bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
      workgroups: map.workgroups,
    });
  });
  return y;
}
