import { type Graph, read, type Shape, target, type Tensor, write } from "../gpu/graph.ts";
import { blocksCode, channelsOf, forMap, pixelsOf } from "./blocks.ts";
import code from "./concat.wgsl" with { type: "text" };

/**
 * Channels of several activations one after the other. [N, H, W, C1], [N, H, W, C2], … -> [N, H, W, C1 + C2 + …].
 * More than two are joined pair by pair.
 *
 * @throws TypeError when N, H, W differ, or channels other than the last input's are no multiple of 4
 */
export function concat(graph: Graph, inputs: readonly Tensor[]): Tensor {
  const [first, ...others] = inputs;
  if (!first) throw new TypeError("Cannot concatenate: no input is given, at least one is needed");
  return others.reduce((joined, next) => join(graph, joined, next), first);
}

function join(graph: Graph, a: Tensor, b: Tensor): Tensor {
  const [n, h, w, channels] = a.shape as [number, number, number, number];
  if (`${b.shape.slice(0, 3)}` !== `${a.shape.slice(0, 3)}`) {
    throw new TypeError(
      `Cannot concatenate "${a.name}" and "${b.name}" as N, H and W differ: [${a.shape}] and [${b.shape}]`,
    );
  }
  if (channels % 4 !== 0) {
    throw new TypeError(
      `Cannot concatenate behind "${a.name}" of shape [${a.shape}]: its channels must be a multiple of 4`,
    );
  }
  const shape: Shape = [n, h, w, channels + channelsOf(b)];
  const y = graph.result("concat", shape, [a, b]);
  const over = forMap(graph.gpu, 1, pixelsOf(y), channelsOf(y));
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "concat.wgsl",
    code: [blocksCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  graph.dispatch({
    label: "concat forward",
    shader: shader("forward"),
    uniforms: [...over.uniforms, channels / 4],
    bindings: [read(a), read(b), write(y)],
    workgroups: over.workgroups,
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    if (!dy) return;
    for (const [x, offset] of [[a, 0], [b, channels / 4]] as const) {
      const dx = graph.contribute(x);
      if (!dx) continue;
      const part = forMap(graph.gpu, 1, pixelsOf(x), channelsOf(x));
      graph.dispatch({
        label: "concat backward",
        shader: shader("backward", dx.accumulate),
        uniforms: [...part.uniforms, over.vectors, offset],
        bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
        workgroups: part.workgroups,
      });
    }
  });
  return y;
}
