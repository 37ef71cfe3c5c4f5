/**
 * The benchmark's networks as this project records them.
 *
 * @module
 */
import { studentOnnx } from "../../../trainer/export/student_onnx.ts";
import type { Graph, Tensor } from "../../../trainer/gpu/graph.ts";
import { sigmoid } from "../../../trainer/kernels/sigmoid.ts";
import { decode } from "../../../trainer/models/decoder.ts";
import type { NamedWeights } from "../../../trainer/models/initialise.ts";
import { Layers } from "../../../trainer/models/layers.ts";
import { atWidth, resnet18 } from "../../../trainer/models/resnet.ts";
import { unifuse } from "../../../trainer/models/unifuse.ts";
import type { NetworkWork } from "../work.ts";
import { decoderChannels, decoderNames, maxDepth } from "./equirect_half.ts";

/** Disparity `[N, H, 2H, 1]` of an image `[N, H, 2H, 3]`. */
export function recordNetwork(
  graph: Graph,
  image: Tensor,
  { network, width }: Pick<NetworkWork, "network" | "width">,
): Tensor {
  if (network === "unifuse") return unifuse(graph, image, { width });
  const layers = new Layers(graph);
  const features = resnet18(layers, "equi_encoder", image, width);
  const skip = (level: number): Tensor => features[level]!;
  const channels = atWidth(decoderChannels, width);
  const logits = decode(layers, decoderNames, features[4]!, skip, channels);
  return sigmoid(graph, logits, maxDepth);
}

/** The network as `deno task export` writes a student: `panorama` to `disparity`. */
export function exported(
  { network, width, height }: NetworkWork,
  weights: NamedWeights,
): Uint8Array<ArrayBuffer> {
  const student = {
    name: network,
    smallestHeight: height,
    floatsPerPixel: () => 0, // nobody binds it
    encoders: [],
    record: (graph: Graph, image: Tensor) => recordNetwork(graph, image, { network, width }),
  };
  return studentOnnx(student, weights, { options: { width }, height });
}
