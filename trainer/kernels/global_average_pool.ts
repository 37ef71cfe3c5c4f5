import { type Graph, read, target, type Tensor, write } from "../gpu/graph.ts";
import { blocksCode, forMap, forSums } from "./blocks.ts";
import code from "./global_average_pool.wgsl" with { type: "text" };
import { partialSums, sumCode, sumTiles } from "./tile_sum.ts";

/** Mean over H and W. x: [N, H, W, C] -> [N, 1, 1, C]. */
export function globalAveragePool(graph: Graph, x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const y = graph.result("global_average_pool", [n, 1, 1, c], [x]);
  const over = forSums(n, h * w, c, graph.gpu.kind);
  const partials = partialSums(graph, y.name, over);
  const file = "global_average_pool.wgsl";
  graph.dispatch({
    label: "global_average_pool tiles",
    shader: { file, code: [blocksCode, sumCode, code], entryPoint: "tiles" },
    uniforms: [...over.uniforms, 0],
    bindings: [read(x), write(partials)],
    workgroups: over.workgroups,
  });
  sumTiles(graph, y.name, over, partials, { tensor: y, accumulate: false }, 1 / (h * w));
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = dy && graph.contribute(x);
    if (!dx) return;
    const map = forMap(n, h * w, c);
    graph.dispatch({
      label: "global_average_pool backward",
      shader: { file, code: [blocksCode, sumCode, code], entryPoint: "backward" },
      uniforms: [...map.uniforms, Number(dx.accumulate)],
      bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
      workgroups: map.workgroups,
    });
  });
  return y;
}
