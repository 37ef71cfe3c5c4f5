import { type Graph, pad4, read, target, type Tensor } from "../gpu/graph.ts";
import { blocksCode, channelsOf, forMap, pixelsOf } from "./blocks.ts";
import code from "./concat.wgsl" with { type: "text" };

/**
 * Channels of several activations one after the other. [N, H, W, C1], [N, H, W, C2], … -> [N, H, W, C1 + C2 + …].
 *
 * @throws TypeError when N, H, W differ, channels other than the last input's are no multiple of 4, or there is no input
 */
export function concat(graph: Graph, inputs: readonly Tensor[]): Tensor {
  check(inputs);
  const channels = inputs.reduce((sum, x) => sum + channelsOf(x), 0);
  const y = graph.result("concat", [...inputs[0]!.shape.slice(0, 3), channels], inputs);
  const vectors = pad4(channels) / 4;
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "concat.wgsl",
    code: [blocksCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  let next = 0;
  for (const x of inputs) {
    const over = forMap(graph.gpu, 1, pixelsOf(x), channelsOf(x));
    const offset = next;
    next += over.vectors;
    const uniforms = [...over.uniforms, vectors, offset];
    graph.dispatch({
      label: "concat forward",
      shader: shader("forward"),
      uniforms,
      bindings: [read(x), { tensor: y, access: "readwrite" }], // its channels only
      workgroups: over.workgroups,
      repeatable: true,
    });
    graph.backward(() => {
      const dy = graph.gradient(y);
      const dx = dy && graph.contribute(x);
      if (!dx) return;
      graph.dispatch({
        label: "concat backward",
        shader: shader("backward", dx.accumulate),
        uniforms,
        bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
        workgroups: over.workgroups,
      });
    });
  }
  return y;
}

function check(inputs: readonly Tensor[]): void {
  const [first] = inputs;
  if (!first) throw new TypeError("Cannot concatenate: no input is given, at least one is needed");
  for (const x of inputs) {
    if (`${x.shape.slice(0, 3)}` !== `${first.shape.slice(0, 3)}`) {
      throw new TypeError(
        `Cannot concatenate "${first.name}" and "${x.name}" as N, H and W differ: [${first.shape}] and [${x.shape}]`,
      );
    }
    if (channelsOf(x) % 4 !== 0 && x !== inputs.at(-1)) {
      throw new TypeError(
        `Cannot concatenate behind "${x.name}" of shape [${x.shape}]: its channels must be a multiple of 4`,
      );
    }
  }
}
