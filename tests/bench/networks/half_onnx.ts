/** The equirectangular half as an ONNX file, `image` `[N, 3, H, W]` to `disparity` `[N, 1, H, W]`, from its recording. */
import { writeOp } from "../../../trainer/export/onnx_ops.ts";
import { OnnxValues } from "../../../trainer/export/onnx_values.ts";
import { OnnxGraph } from "../../../trainer/formats/onnx.ts";
import { Recording } from "../../../trainer/gpu/recording.ts";
import type { NamedWeights } from "../../../trainer/models/initialise.ts";
import { recordNetwork } from "./own_network.ts";

/** Writes the network. None of its ops depends on the size. */
export function halfOnnx(weights: NamedWeights, width: number): Uint8Array<ArrayBuffer> {
  const recording = new Recording();
  const image = recording.input("image", [1, 64, 128, 3]);
  const y = recordNetwork(recording, image, { network: "equirect-half", width });
  const graph = new OnnxGraph("equirect_half");
  const values = new OnnxValues(graph, recording, weights);
  values.set(image, graph.input("image", ["batch", 3, "height", "width"]));
  for (const op of recording.ops()) writeOp(values, op);
  graph.output("disparity", values.get(y), ["batch", 1, "height", "width"]);
  return graph.encode();
}
