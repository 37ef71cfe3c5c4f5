/** The layers of our networks as ONNX nodes: NCHW values in, NCHW values out, PyTorch weight layouts. */

import type { OnnxGraph } from "./onnx.ts";

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

/** max(x, 0). */
export function relu(graph: OnnxGraph, x: string): string {
  return graph.node("Relu", [x]);
}

/** x > 0 ? x : exp(x) − 1. */
export function elu(graph: OnnxGraph, x: string): string {
  return graph.node("Elu", [x], { alpha: { float: 1 } });
}

/** 1 / (1 + exp(−x)). */
export function sigmoid(graph: OnnxGraph, x: string): string {
  return graph.node("Sigmoid", [x]);
}

/** Max pooling, padded with −∞. */
export function maxPool(
  graph: OnnxGraph,
  x: string,
  kernel: number,
  stride: number,
  padding: number,
): string {
  return graph.node("MaxPool", [x], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  });
}

/** Nearest upsampling by 2: every pixel becomes 2×2 equal ones. */
export function upsample2(graph: OnnxGraph, x: string): string {
  return graph.node("Resize", [x, "", graph.floats("scales", [1, 1, 2, 2])], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

/** Concatenation along channels. */
export function concat(graph: OnnxGraph, values: readonly string[]): string {
  return graph.node("Concat", values, { axis: 1 });
}

/** a + b, with broadcasting. */
export function add(graph: OnnxGraph, a: string, b: string): string {
  return graph.node("Add", [a, b]);
}

/** Drop axes of size 1; `squeeze(g, x, [1])` turns `[N, 1, H, W]` into `[N, H, W]`. */
export function squeeze(graph: OnnxGraph, x: string, axes: readonly number[]): string {
  return graph.node("Squeeze", [x, graph.integers("axes", axes)]);
}
