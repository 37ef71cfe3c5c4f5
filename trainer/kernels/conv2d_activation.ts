/**
 * Activations that a convolution applies to its sums as it writes them, and their gradient.
 *
 * @module
 */
import { type Binding, type Graph, read, type Tensor, write } from "../gpu/graph.ts";
import type { NamedText } from "../gpu/shader_error.ts";
import { blocksCode, forMap, forSums } from "./blocks.ts";
import gradientCode from "./conv2d_activation_gradient.wgsl" with { type: "text" };
import text from "./conv2d_activation.wgsl" with { type: "text" };
import { partialSums, sumCode, sumTiles } from "./tile_sum.ts";

/** `relu`: max(z, 0); `elu`: z > 0 ? z : exp(z) - 1. */
export type Activation = "relu" | "elu";

/** The WGSL that knows {@linkcode activationNumber}. */
export const activationCode: NamedText = { file: "conv2d_activation.wgsl", text };

/** What the numbers of kernels stand for. */
export const activations: readonly (Activation | undefined)[] = [undefined, "relu", "elu"];

/** What kernels are told of it: a uniform, as a pipeline for each would take longer to compile than it is worth. */
export function activationNumber(activation?: Activation): number {
  return activations.indexOf(activation);
}

/**
 * The gradient by the sums z, from y and the gradient by y, in whose place it is written where that may be; with a bias also
 * that of the bias, in the same pass.
 *
 * @param db where the bias gradient goes, if it is wanted
 * @returns dz, of y's shape; undefined when no gradient reached y
 */
export function dispatchActivationGradient(
  graph: Graph,
  label: string,
  activation: Activation,
  { y, bias }: { y: Tensor; bias: Tensor | undefined },
): Tensor | undefined {
  const dy = graph.gradient(y);
  if (!dy) return undefined;
  const db = bias && graph.contribute(bias);
  const inPlace = graph.takeGradient(y) !== undefined;
  const dz = inPlace ? dy : graph.temp(`d ${label} sums`, y.shape, y.stored);
  const slopes: Binding[] = inPlace
    ? [read(y), { tensor: dy, access: "readwrite" }]
    : [read(dy), write(dz)];
  const channels = y.shape[3]!;
  const pixels = y.shape.slice(0, 3).reduce((a, b) => a * b);
  const shader = (entryPoint: string) => ({
    file: "conv2d_activation_gradient.wgsl",
    code: [blocksCode, sumCode(graph.gpu), activationCode, gradientCode],
    entryPoint,
    constants: { IN_PLACE: inPlace },
  });
  const number = activationNumber(activation);
  if (!db) {
    const map = forMap(graph.gpu, 1, pixels, channels);
    graph.dispatch({
      label: `conv2d ${activation} gradient ${label}`,
      shader: shader("backward"),
      uniforms: [...map.uniforms, number],
      bindings: [read(y), ...slopes],
      workgroups: map.workgroups,
    });
    return dz;
  }
  const over = forSums(graph.gpu, 1, pixels, channels);
  const partials = partialSums(graph, label, over);
  graph.dispatch({
    label: `conv2d ${activation} and bias gradient ${label}`,
    shader: shader("backward_biased"),
    uniforms: [...over.uniforms, number],
    bindings: [read(y), ...slopes, write(partials)],
    workgroups: over.workgroups,
  });
  sumTiles(graph, `conv2d bias gradient ${label}`, over, partials, db, 1);
  return dz;
}
