/**
 * UniFuse (Jiang et al. 2021): an equirectangular and a cube encoder, fused one way at every level, and a decoder.
 * Exact: names, shapes and arithmetic of HalleyJiang/UniFuse networks/unifuse.py; a width multiplier makes it small.
 *
 * @module
 */
import { equirectToCubeTaps, unifuseCubeToEquirectTaps } from "@depth-anywhere/geometry";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { add } from "../kernels/add.ts";
import { concat } from "../kernels/concat.ts";
import { globalAveragePool } from "../kernels/global_average_pool.ts";
import { multiplyChannels } from "../kernels/multiply_channels.ts";
import { multiplyMap } from "../kernels/multiply_map.ts";
import { relu } from "../kernels/relu.ts";
import { resample } from "../kernels/resample.ts";
import { constantMap } from "../kernels/resample_map.ts";
import { sigmoid } from "../kernels/sigmoid.ts";
import { decode } from "./decoder.ts";
import { Layers, type LayersOptions } from "./layers.ts";
import { atWidth, resnet18 } from "./resnet.ts";

/** How the features of the cube come to those of the panorama. */
export type Fusion = "cee" | "cat" | "biproj";

/** What a UniFuse can differ in. */
export interface UniFuseOptions extends LayersOptions {
  /** Multiplier of all channels: 1 is the published network. */
  readonly width?: number;
  /** Default `cee`. */
  readonly fusion?: Fusion;
  /** Squeeze-excite in the `cee` fusion; Depth Anywhere trains with it. */
  readonly squeezeExcite?: boolean;
  /** The cube strip, if it is not to be made from the image: `[6N, H/2, H/2, 3]`, face-major. */
  readonly cube?: Tensor;
}

const maxDepth = 10; // networks/unifuse.py: output = max_depth * sigmoid; Depth Anywhere reads it as a disparity

const names = {
  up: ["equi_decoder.1", "equi_decoder.4", "equi_decoder.7", "equi_decoder.10", "equi_decoder.13"],
  joined: [
    "equi_decoder.3",
    "equi_decoder.6",
    "equi_decoder.9",
    "equi_decoder.12",
    "equi_decoder.14",
  ],
  head: "equi_decoder.15",
};

/** Channels of the decoder's levels at width 1. */
const decoderChannels = [256, 128, 64, 32, 16];

/** Decoder index of the fusion at each feature level. */
const fusionIndex = [11, 8, 5, 2, 0];

function cee(
  layers: Layers,
  name: string,
  equi: Tensor,
  cube: Tensor,
  squeezeExcite: boolean,
): Tensor {
  const { graph } = layers;
  const channels = equi.shape[3]!;
  const x = layers.convNorm(
    [`${name}.res_conv1`, `${name}.res_bn1`],
    concat(graph, [equi, cube]),
    channels,
    { kernel: 1, relu: true },
  );
  const enhanced = layers.convNorm([`${name}.res_conv2`, `${name}.res_bn2`], x, channels, {
    kernel: 3,
    residual: cube,
  });
  let y = concat(graph, [equi, enhanced]);
  if (squeezeExcite) {
    let s = globalAveragePool(graph, y);
    s = relu(graph, layers.linear(`${name}.selayer.fc.0`, s, Math.max(1, channels / 8)));
    s = sigmoid(graph, layers.linear(`${name}.selayer.fc.2`, s, 2 * channels));
    y = multiplyChannels(graph, y, s);
  }
  return layers.conv(`${name}.conv`, y, channels, { kernel: 1, activation: "relu" });
}

function cat(layers: Layers, name: string, equi: Tensor, cube: Tensor): Tensor {
  const joined = concat(layers.graph, [equi, cube]);
  return layers.conv(`${name}.conv`, joined, equi.shape[3]!, { kernel: 1, activation: "relu" });
}

function biproj(layers: Layers, name: string, equi: Tensor, cube: Tensor): Tensor {
  const { graph } = layers;
  const channels = equi.shape[3]!;
  const options = { kernel: 3, bias: true, activation: "relu" } as const;
  const e = layers.conv(`${name}.conv_e2c.0`, equi, channels, options);
  const c = layers.conv(`${name}.conv_c2e.0`, cube, channels, options);
  const joined = concat(graph, [e, c]);
  const mask = layers.conv(`${name}.conv_mask.0`, joined, 1, { kernel: 1, bias: true });
  return add(graph, equi, multiplyMap(graph, c, sigmoid(graph, mask)));
}

/** The six faces of each panorama in UniFuse's `strip` layout, face-major: `[6N, H/2, H/2, 3]`. */
function cubeStrip(graph: Graph, image: Tensor): Tensor {
  const [, height = 0, width = 0] = image.shape;
  const size = height / 2;
  const taps = equirectToCubeTaps({ height, width, size, layout: "strip" });
  const map = constantMap(graph, "e2c strip", taps);
  return resample(graph, image, map, { height: size, width: size, to: "face-major" });
}

/**
 * Affine-ambiguous disparity of normalised panoramas.
 *
 * @param image `[N, H, 2H, 3]`, ImageNet-normalised; H a multiple of 64
 * @returns `[N, H, 2H, 1]` in (0, 10)
 */
export function unifuse(graph: Graph, image: Tensor, options: UniFuseOptions = {}): Tensor {
  const { width = 1, fusion = "cee", squeezeExcite = true } = options;
  const layers = new Layers(graph, options);
  const cube = options.cube ?? cubeStrip(graph, image);
  const equiFeatures = resnet18(layers, "equi_encoder", image, width);
  const cubeFeatures = resnet18(layers, "cube_encoder", cube, width);
  const fused = (level: number): Tensor => {
    const equi = equiFeatures[level]!;
    const [, rows = 0, columns = 0] = equi.shape;
    const size = { height: rows, width: columns, size: rows / 2 };
    const map = constantMap(graph, `c2e ${rows}`, unifuseCubeToEquirectTaps(size));
    const projected = resample(graph, cubeFeatures[level]!, map, {
      height: rows,
      width: columns,
      from: "face-major",
    });
    const name = `equi_decoder.${fusionIndex[level]}`;
    const y = fusion === "cee"
      ? cee(layers, name, equi, projected, squeezeExcite)
      : fusion === "cat"
      ? cat(layers, name, equi, projected)
      : biproj(layers, name, equi, projected);
    return layers.named(name, y);
  };
  const logits = decode(layers, names, fused(4), fused, atWidth(decoderChannels, width));
  return sigmoid(graph, logits, maxDepth);
}
