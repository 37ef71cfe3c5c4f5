/**
 * The perspective network as a Depth-Anything-style ONNX model: `pixel_values` `[N, 3, H, W]` (ImageNet-normalised,
 * H and W multiples of 32) to `predicted_depth` `[N, H, W]`, a disparity.
 *
 * @module
 */
import { perspectiveDecoder } from "../models/perspective_net.ts";
import { OnnxGraph, type OnnxStored } from "./onnx.ts";
import {
  add,
  batchNorm,
  concat,
  conv,
  type ConvWeights,
  elu,
  relu,
  sigmoid,
  squeeze,
  upsample2,
} from "./onnx_layers.ts";

/** A weight in PyTorch's layout with its shape. */
export interface NamedWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Write the network. Batch norms stay nodes of their own (runtimes fold them), so that the file also serves as first
 * weights: see `readOnnxWeights()`.
 *
 * @param weights parameters and running statistics by their names in a checkpoint
 * @param options `size`: side of a face that it was trained at, pixels; `stored`: f16 halves the file; `metadata`: free text
 * @throws RangeError when a weight is missing
 */
export function perspectiveOnnx(
  weights: ReadonlyMap<string, NamedWeight>,
  options: { size: number; stored?: OnnxStored; metadata?: Record<string, string> },
): Uint8Array {
  const sizes = { input_size: `${options.size}`, multiple_of: "32" };
  const graph = new OnnxGraph("perspective_net", {
    stored: options.stored,
    metadata: { ...options.metadata, ...sizes },
  });
  const get = (name: string): NamedWeight => {
    const weight = weights.get(name);
    if (!weight) {
      throw new RangeError(`Cannot export to ONNX: the weights have no tensor "${name}"`);
    }
    return weight;
  };
  const convolution = (x: string, name: string, stride: number, norm?: string): string => {
    const { shape, data } = get(`${name}.weight`);
    const layer: ConvWeights = {
      shape: shape as [number, number, number, number],
      weight: data,
      bias: weights.get(`${name}.bias`)?.data,
    };
    const y = conv(graph, x, name, layer, { stride, padding: shape[2]! >> 1 });
    if (norm === undefined) return y;
    return batchNorm(graph, y, norm, {
      weight: get(`${norm}.weight`).data,
      bias: get(`${norm}.bias`).data,
      mean: get(`${norm}.running_mean`).data,
      variance: get(`${norm}.running_var`).data,
    });
  };
  const block = (x: string, name: string, stride: number): string => {
    let y = relu(graph, convolution(x, `${name}.conv1`, stride, `${name}.bn1`));
    y = convolution(y, `${name}.conv2`, 1, `${name}.bn2`);
    const shortcut = weights.has(`${name}.downsample.0.weight`)
      ? convolution(x, `${name}.downsample.0`, stride, `${name}.downsample.1`)
      : x;
    return relu(graph, add(graph, y, shortcut));
  };
  let x = graph.input("pixel_values", ["batch", 3, "height", "width"]);
  x = relu(graph, convolution(x, "encoder.conv1", 2, "encoder.bn1"));
  const features = [x];
  for (let level = 1; level <= 4; level++) {
    x = block(x, `encoder.layer${level}.0`, level === 1 ? 1 : 2);
    x = block(x, `encoder.layer${level}.1`, 1);
    features.push(x);
  }
  const convElu = (input: string, name: string): string =>
    elu(graph, convolution(input, `${name}.conv.conv`, 1));
  perspectiveDecoder.up.forEach((up, k) => {
    x = convElu(x, up);
    if (k !== 3) x = upsample2(graph, x); // the encoder's first two levels are of one size
    if (k < 4) x = concat(graph, [x, features[3 - k]!]);
    x = convElu(x, perspectiveDecoder.joined[k]!);
  });
  x = sigmoid(graph, convolution(x, `${perspectiveDecoder.head}.conv`, 1));
  graph.output("predicted_depth", squeeze(graph, x, [1]), ["batch", "height", "width"]);
  return graph.encode();
}
