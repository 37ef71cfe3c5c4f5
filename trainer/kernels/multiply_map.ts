import { type Graph, pad4, read, spread, target, type Tensor, write } from "../gpu/graph.ts";
import code from "./multiply_map.wgsl" with { type: "text" };

/**
 * Scale each pixel of each image, as UniFuse's `biproj` fusion does with its mask.
 *
 * @param x `[N, H, W, C]`
 * @param m `[N, H, W, 1]`
 * @returns `[N, H, W, C]`
 * @throws TypeError when the shapes do not fit
 */
export function multiplyMap(graph: Graph, x: Tensor, m: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  if (`${m.shape}` !== `${[n, h, w, 1]}`) {
    throw new TypeError(
      `Cannot scale pixels of [${x.shape}] by "${m.name}": its shape is [${m.shape}], not [${n},${h},${w},1]`,
    );
  }
  const pixels = n * h * w;
  const y = graph.result("multiply_map", x.shape, [x, m]);
  const dispatch = (
    entryPoint: string,
    accumulate: boolean,
    bindings: Parameters<Graph["dispatch"]>[0]["bindings"],
  ): void =>
    graph.dispatch({
      label: `multiply_map ${entryPoint}`,
      shader: { file: "multiply_map.wgsl", code, entryPoint },
      uniforms: [pixels, pad4(c) / 4, Number(accumulate)],
      bindings,
      workgroups: spread(pixels, 64),
    });
  dispatch("forward", false, [read(x), read(m), write(y)]);
  graph.backward(() => {
    const dy = graph.gradient(y);
    if (!dy) return;
    const dm = graph.contribute(m);
    if (dm) {
      const to = { tensor: dm.tensor, access: target(dm) };
      dispatch("backward_map", dm.accumulate, [read(x), read(dy), to]);
    }
    const dx = graph.contribute(x);
    if (dx) {
      const to = { tensor: dx.tensor, access: target(dx) };
      dispatch("forward", dx.accumulate, [read(dy), read(m), to]);
    }
  });
  return y;
}
