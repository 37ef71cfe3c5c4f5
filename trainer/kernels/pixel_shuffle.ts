import { type Graph, read, target, type Tensor, write } from "../gpu/graph.ts";
import { blocksCode, forMap } from "./blocks.ts";
import code from "./pixel_shuffle.wgsl" with { type: "text" };

/**
 * Four channels become 2 x 2 pixels of one: PyTorch's PixelShuffle(2), y[n, 2h + i, 2w + j, c] = x[n, h, w, 4c + 2i + j]
 * (Shi et al. 2016). x: [N, H, W, 4C] -> [N, 2H, 2W, C].
 *
 * @throws TypeError when the channels are no multiple of 4
 */
export function pixelShuffle(graph: Graph, x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  if (c % 4 !== 0) {
    throw new TypeError(
      `Cannot shuffle pixels of "${x.name}": its channels must be a multiple of 4, its shape is [${x.shape}]`,
    );
  }
  const channels = c / 4;
  const y = graph.result("pixel_shuffle", [n, 2 * h, 2 * w, channels], [x]);
  const over = forMap(graph.gpu, n * h, w, channels);
  const uniforms = [...over.uniforms, channels];
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "pixel_shuffle.wgsl",
    code: [blocksCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  graph.dispatch({
    label: "pixel_shuffle forward",
    shader: shader("forward"),
    uniforms,
    bindings: [read(x), write(y)],
    workgroups: over.workgroups,
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = dy && graph.contribute(x);
    if (!dx) return;
    graph.dispatch({
      label: "pixel_shuffle backward",
      shader: shader("backward", dx.accumulate),
      uniforms,
      bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
      workgroups: over.workgroups,
    });
  });
  return y;
}
