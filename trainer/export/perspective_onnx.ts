/**
 * The perspective network as a Depth-Anything-style ONNX model, from its own recording.
 *
 * @module
 */
import { OnnxGraph, type OnnxStored } from "../formats/onnx.ts";
import { squeeze } from "../formats/onnx_layers.ts";
import type { NamedWeights } from "../models/initialise.ts";
import { perspectiveNet } from "../models/perspective_net.ts";
import { Recording } from "../gpu/recording.ts";
import { writeOp } from "./onnx_ops.ts";
import { OnnxValues } from "./onnx_values.ts";

/**
 * Write the network: `pixel_values` `[N, 3, H, W]` (ImageNet-normalised, H and W multiples of 32) to `predicted_depth`
 * `[N, H, W]`, a disparity. None of its ops depends on the size, so any may be given. Batch norms stay nodes of their own
 * (runtimes fold them), so that the file also serves as first weights.
 *
 * @param weights parameters and running statistics by their names in a checkpoint
 * @param options `width`: multiplier of the channels; `size`: side of a face that it was trained at, pixels; `stored`: f16
 * halves the file; `metadata`: free text
 * @throws RangeError when a weight is missing, TypeError when it has another shape
 */
export function perspectiveOnnx(
  weights: NamedWeights,
  { width, size, stored, metadata }: {
    width: number;
    size: number;
    stored?: OnnxStored;
    metadata?: Record<string, string>;
  },
): Uint8Array<ArrayBuffer> {
  const recording = new Recording();
  const faces = recording.input("faces", [1, size, size, 3]);
  const output = perspectiveNet(recording, faces, { width });
  const sizes = { input_size: `${size}`, multiple_of: "32" };
  const graph = new OnnxGraph("perspective_net", { stored, metadata: { ...metadata, ...sizes } });
  const values = new OnnxValues(graph, recording, weights);
  values.set(faces, graph.input("pixel_values", ["batch", 3, "height", "width"]));
  for (const op of recording.ops()) writeOp(values, op);
  const depth = squeeze(graph, values.get(output), [1]);
  graph.output("predicted_depth", depth, ["batch", "height", "width"]);
  return graph.encode();
}
