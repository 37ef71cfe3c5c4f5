/** The layers without weights as ONNX nodes: NCHW values in, NCHW values out. */

import type { OnnxGraph } from "./onnx.ts";

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
