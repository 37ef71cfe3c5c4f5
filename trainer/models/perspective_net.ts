/**
 * A small perspective depth network: ResNet-18 encoder and UniFuse's decoder at some width. Trained on rendered
 * rooms it is the embedded teacher.
 *
 * @module
 */
import type { Graph, Tensor } from "../gpu/graph.ts";
import { sigmoid } from "../kernels/sigmoid.ts";
import { decode } from "./decoder.ts";
import { Layers } from "./layers.ts";
import { resnet18 } from "./resnet.ts";

const levels = [5, 4, 3, 2, 1];

/** Names of the decoder's blocks in a checkpoint of this network. */
export const perspectiveDecoder = {
  up: levels.map((level) => `decoder.upconv_${level}`),
  joined: levels.map((level) => `decoder.deconv_${level - 1}`),
  head: "decoder.depthconv_0",
};

/**
 * Affine-ambiguous disparity (1 / zDepth) of perspective images.
 *
 * @param image `[N, F, F, 3]`, ImageNet-normalised; F a multiple of 32
 * @returns `[N, F, F, 1]` in (0, 1)
 */
export function perspectiveNet(graph: Graph, image: Tensor, options: { width: number }): Tensor {
  const layers = new Layers(graph);
  const features = resnet18(layers, "encoder", image, options.width);
  const logits = decode(
    layers,
    perspectiveDecoder,
    features[4]!,
    (level) => features[level]!,
    options.width,
  );
  return sigmoid(graph, logits);
}
