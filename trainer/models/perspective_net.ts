/**
 * A small perspective depth network: ResNet-18 encoder and a slimmer form of UniFuse's decoder. Trained on rendered
 * rooms it is the embedded teacher. Its faces are small (64×64), so that the encoder leaves out the max pooling, which
 * would leave 2×2 pixels at the deepest level.
 *
 * @module
 */
import type { Graph, Tensor } from "../gpu/graph.ts";
import { sigmoid } from "../kernels/sigmoid.ts";
import { decode } from "./decoder.ts";
import { Layers } from "./layers.ts";
import { atWidth, resnet18 } from "./resnet.ts";

const levels = [5, 4, 3, 2, 1];

/** Channels of the decoder's levels at width 1: slimmer than UniFuse's where it is deep. */
const decoderChannels = [192, 96, 64, 32, 32];

/** Prefix of the encoder's names in a checkpoint of this network. */
export const perspectiveEncoder = "encoder.";

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
  const features = resnet18(layers, "encoder", image, options.width, { pool: false });
  const channels = atWidth(decoderChannels, options.width);
  const skip = (level: number): Tensor => features[level]!;
  const logits = decode(layers, perspectiveDecoder, features[4]!, skip, channels);
  return sigmoid(graph, logits);
}
