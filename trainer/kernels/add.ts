import { type Graph, read, target, type Tensor, words, write } from "../gpu/graph.ts";
import code from "./add.wgsl" with { type: "text" };
import { overVectors, vectorsCode } from "./pointwise.ts";

/**
 * a + b, both of the same shape.
 *
 * @throws TypeError when the shapes differ
 */
export function add(graph: Graph, a: Tensor, b: Tensor): Tensor {
  if (`${a.shape}` !== `${b.shape}`) {
    throw new TypeError(
      `Cannot add "${a.name}" and "${b.name}" as their shapes differ: [${a.shape}] and [${b.shape}]`,
    );
  }
  const y = graph.result("add", a.shape, [a, b]);
  const shader = (entryPoint: string, accumulate = false) => ({
    file: "add.wgsl",
    code: [vectorsCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  const count = words(a) / 4;
  graph.dispatch({
    label: "add forward",
    shader: shader("forward"),
    uniforms: [count],
    bindings: [read(a), read(b), write(y)],
    repeatable: true,
    workgroups: overVectors(a),
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    if (!dy) return;
    const addTo = (x: Tensor): void => {
      const dx = graph.contribute(x);
      if (!dx) return;
      graph.dispatch({
        label: "add backward",
        shader: shader("backward", dx.accumulate),
        uniforms: [count],
        bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
        workgroups: overVectors(a),
      });
    };
    addTo(b);
    if (!graph.passGradient(y, a)) addTo(a); // all three gradients are the same
  });
  return y;
}
