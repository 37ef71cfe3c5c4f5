import { type Graph, read, target, type Tensor, words, write } from "../gpu/graph.ts";
import { blocksCode, forMap } from "./blocks.ts";
import code from "./max_pool.wgsl" with { type: "text" };

/**
 * Largest of 3 x 3 windows with stride 2 and padding 1, as after ResNet's first convolution.
 * x: [N, H, W, C] -> [N, ceil(H / 2), ceil(W / 2), C]. Of equal values the first in reading order gets the gradient.
 */
export function maxPool(graph: Graph, x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const [oh, ow] = [Math.ceil(h / 2), Math.ceil(w / 2)];
  const y = graph.result("max_pool", [n, oh, ow, c], [x]);
  const over = forMap(graph.gpu, n * oh, ow, c);
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "max_pool.wgsl",
    code: [blocksCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  const places = y.requiresGradient ? graph.temp("max_pool places", [words(y) / 4]) : undefined;
  graph.dispatch({
    label: "max_pool forward",
    shader: shader(places ? "forward_places" : "forward"),
    uniforms: [...over.uniforms, h, w, oh, ow],
    bindings: [read(x), write(y), ...(places ? [write(places)] : [])],
    workgroups: over.workgroups,
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = dy && graph.contribute(x);
    if (!dx || !places) return;
    const back = forMap(graph.gpu, n * h, ow, c);
    graph.dispatch({
      label: "max_pool backward",
      shader: shader("backward", dx.accumulate),
      uniforms: [...back.uniforms, h, w, oh, ow],
      bindings: [read(places), read(dy), { tensor: dx.tensor, access: target(dx) }],
      workgroups: back.workgroups,
    });
  });
  return y;
}
