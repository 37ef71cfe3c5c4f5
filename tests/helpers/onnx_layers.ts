/**
 * Layers with weights as ONNX nodes, for the models that tests write by hand: NCHW values, PyTorch's weight layouts.
 *
 * @module
 */
import type { OnnxGraph } from "../../trainer/formats/onnx.ts";

/** Weights of a convolution, PyTorch layout. */
export interface ConvWeights {
  /** `[O, I / groups, KH, KW]` in C order. */
  readonly weight: Float32Array;
  /** The shape of `weight`. */
  readonly shape: readonly [number, number, number, number];
  /** `[O]`. */
  readonly bias?: Float32Array;
}

/** Parameters and running statistics of a batch norm, each `[C]`. */
export interface BatchNormWeights {
  /** Scale. */
  readonly weight: Float32Array;
  /** Shift. */
  readonly bias: Float32Array;
  /** Running mean. */
  readonly mean: Float32Array;
  /** Running variance. */
  readonly variance: Float32Array;
  /** Added to the variance; PyTorch's default is 1e-5. */
  readonly epsilon?: number;
}

/** Convolution with symmetric zero padding; the node and its weights are named after `name`. */
export function conv(
  graph: OnnxGraph,
  x: string,
  name: string,
  { weight, shape, bias }: ConvWeights,
  { stride = 1, padding = 0 }: { stride?: number; padding?: number } = {},
): string {
  const inputs = [x, graph.weight(`${name}.weight`, shape, weight)];
  if (bias) inputs.push(graph.weight(`${name}.bias`, [shape[0]], bias));
  return graph.node("Conv", inputs, {
    kernel_shape: [shape[2], shape[3]],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  }, name);
}

/** Batch normalisation with running statistics (evaluation mode). */
export function batchNorm(graph: OnnxGraph, x: string, name: string, bn: BatchNormWeights): string {
  const vector = (part: string, data: Float32Array) =>
    graph.weight(`${name}.${part}`, [data.length], data, "f32");
  return graph.node(
    "BatchNormalization",
    [
      x,
      vector("weight", bn.weight),
      vector("bias", bn.bias),
      vector("running_mean", bn.mean),
      vector("running_var", bn.variance),
    ],
    { epsilon: { float: bn.epsilon ?? 1e-5 } },
    name,
  );
}
