import { type Dispatch, type Graph, read, target, type Tensor, write } from "../gpu/graph.ts";
import { type Blocks, blocksCode, channelsOf, forMap } from "./blocks.ts";
import code from "./upsample_nearest.wgsl" with { type: "text" };

/** Each pixel becomes 2 x 2 of itself. x: [N, H, W, C] -> [N, 2H, 2W, C]. */
export function upsampleNearest(graph: Graph, x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const y = graph.result("upsample_nearest", [n, 2 * h, 2 * w, c], [x]);
  const over = upsampledBlocks(graph, x);
  const uniforms = [...over.uniforms, over.vectors, 0];
  graph.dispatch({
    label: "upsample_nearest forward",
    shader: upsampling("forward"),
    uniforms,
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
      shader: upsampling("backward", dx.accumulate),
      uniforms,
      bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
      workgroups: over.workgroups,
    });
  });
  return y;
}

/** How the kernel covers a map: with its rows as images, where they go follows. */
export function upsampledBlocks({ gpu }: Graph, x: Tensor): Blocks {
  const [n = 0, h = 0, w = 0] = x.shape;
  return forMap(gpu, n * h, w, channelsOf(x));
}

/** The kernel, whose uniforms are the blocks, then vec4 of a pixel of y, and the first of them that comes of x. */
export function upsampling(
  entryPoint: "forward" | "backward",
  accumulate = false,
): Dispatch["shader"] {
  return {
    file: "upsample_nearest.wgsl",
    code: [blocksCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  };
}
