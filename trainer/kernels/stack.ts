import { type Graph, read, target, type Tensor, words } from "../gpu/graph.ts";
import { overVectors, vectorsCode } from "./pointwise.ts";
import code from "./stack.wgsl" with { type: "text" };

/**
 * Several batches as one: `[N1, H, W, C]`, `[N2, H, W, C]`, … to `[N1+N2+…, H, W, C]`.
 *
 * @throws TypeError when the images differ in shape, or there are none
 */
export function stack(graph: Graph, batches: readonly Tensor[]): Tensor {
  const [first] = batches;
  const image = `${first?.shape.slice(1)}`;
  for (const x of batches) {
    if (x.shape.length === 4 && `${x.shape.slice(1)}` === image) continue;
    throw new TypeError(`Cannot stack "${x.name}" of shape [${x.shape}] on images of [${image}]`);
  }
  if (!first) throw new TypeError("Cannot stack batches as there are none");
  const images = batches.reduce((sum, x) => sum + x.shape[0]!, 0);
  const y = graph.result("stack", [images, ...first.shape.slice(1)], batches);
  const shader = (entryPoint: string) => ({
    file: "stack.wgsl",
    code: [vectorsCode, code],
    entryPoint,
  });
  let offset = 0;
  for (const x of batches) {
    const [count, from] = [words(x) / 4, offset];
    offset += count;
    graph.dispatch({
      label: "stack forward",
      shader: shader("forward"),
      uniforms: [count, from, 0],
      bindings: [read(x), { tensor: y, access: "readwrite" }],
      workgroups: overVectors(x),
    });
    graph.backward(() => {
      const dy = graph.gradient(y);
      const dx = dy && graph.contribute(x);
      if (!dx) return;
      graph.dispatch({
        label: "stack backward",
        shader: shader("backward"),
        uniforms: [count, from, Number(dx.accumulate)],
        bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
        workgroups: overVectors(x),
      });
    });
  }
  return y;
}
