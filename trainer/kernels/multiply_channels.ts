import { type Graph, read, target, type Tensor, write } from "../gpu/graph.ts";
import { blocksCode, forMap, forSums } from "./blocks.ts";
import code from "./multiply_channels.wgsl" with { type: "text" };
import { partialSums, sumCode, sumTiles } from "./tile_sum.ts";

/**
 * Scale each channel of each image, as squeeze-and-excitation does (Hu et al. 2018).
 *
 * @param x [N, H, W, C]
 * @param s [N, 1, 1, C]
 * @returns [N, H, W, C]
 * @throws TypeError when the shapes do not fit
 */
export function multiplyChannels(graph: Graph, x: Tensor, s: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  if (`${s.shape}` !== `${[n, 1, 1, c]}`) {
    throw new TypeError(
      `Cannot scale channels of [${x.shape}] by "${s.name}": its shape is [${s.shape}], not [${n},1,1,${c}]`,
    );
  }
  const y = graph.result("multiply_channels", x.shape, [x, s]);
  const map = forMap(graph.gpu, n, h * w, c);
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "multiply_channels.wgsl",
    code: [blocksCode, sumCode(graph.gpu), code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  graph.dispatch({
    label: "multiply_channels forward",
    shader: shader("forward"),
    uniforms: map.uniforms,
    bindings: [read(x), read(s), write(y)],
    repeatable: true,
    workgroups: map.workgroups,
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    if (!dy) return;
    const ds = graph.contribute(s);
    if (ds) {
      const over = forSums(graph.gpu, n, h * w, c);
      const partials = partialSums(graph, y.name, over);
      graph.dispatch({
        label: "multiply_channels backward tiles",
        shader: shader("backward_tiles"),
        uniforms: over.uniforms,
        bindings: [read(x), read(dy), write(partials)],
        workgroups: over.workgroups,
      });
      sumTiles(graph, y.name, over, partials, ds, 1);
    }
    const dx = graph.contribute(x);
    if (!dx) return;
    graph.dispatch({
      label: "multiply_channels backward",
      shader: shader("forward", dx.accumulate),
      uniforms: map.uniforms,
      bindings: [read(dy), read(s), { tensor: dx.tensor, access: target(dx) }],
      workgroups: map.workgroups,
    });
  });
  return y;
}
