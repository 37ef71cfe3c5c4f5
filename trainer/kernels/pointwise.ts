/**
 * Ops that look at one number at a time, and whose slope follows from their result.
 *
 * @module
 */
import {
  type Graph,
  read,
  spread,
  target,
  type Tensor,
  type Word,
  words,
  write,
} from "../gpu/graph.ts";
import type { NamedText } from "../gpu/shader_error.ts";
import activationText from "./shared/activation.wgsl" with { type: "text" };
import vectorsText from "./shared/vectors.wgsl" with { type: "text" };

/** The WGSL that shares `count` vec4 out to threads. */
export const vectorsCode: NamedText = { file: "shared/vectors.wgsl", text: vectorsText };

/** Workgroups for `vectorsCode` over all vec4 of a tensor. */
export function overVectors(x: Tensor): [number, number, number] {
  return spread(words(x) / 4, 512);
}

const activationCode: NamedText = { file: "shared/activation.wgsl", text: activationText };

/** What an activation is made of. */
export interface Activation {
  readonly name: string;
  /** Text with the functions that `shared/activation.wgsl` calls. */
  readonly code: string;
  /** Uniforms after `count`. */
  readonly uniforms?: readonly Word[];
}

/** Record y = f(x) and its gradient dx = dy f'(y). */
export function activation(graph: Graph, x: Tensor, of: Activation): Tensor {
  const { name, uniforms = [] } = of;
  const y = graph.result(name, x.shape, [x]);
  const count = words(x) / 4;
  const file = `${name}.wgsl`;
  const shader = (entryPoint: string, accumulate = false) => ({
    file,
    code: [vectorsCode, { file, text: of.code }, activationCode],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  graph.dispatch({
    label: `${name} forward`,
    shader: shader("forward"),
    uniforms: [count, ...uniforms],
    bindings: [read(x), write(y)],
    repeatable: true,
    workgroups: overVectors(x),
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    const dx = dy && graph.contribute(x);
    if (!dx) return;
    graph.dispatch({
      label: `${name} backward`,
      shader: shader("backward", dx.accumulate),
      uniforms: [count, ...uniforms],
      bindings: [read(y), read(dy), { tensor: dx.tensor, access: target(dx) }],
      workgroups: overVectors(x),
    });
  });
  return y;
}
