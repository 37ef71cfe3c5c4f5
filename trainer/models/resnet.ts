/**
 * ResNet-18 and ResNet-34 as encoders: He et al. 2016, torchvision's names and layout, without the
 * classifier.
 *
 * @module
 */
import type { Tensor } from "../gpu/graph.ts";
import { maxPool } from "../kernels/max_pool.ts";
import type { Layers } from "./layers.ts";

/** Channels of the five feature levels at width 1. */
const resnetChannels: readonly number[] = [64, 64, 128, 256, 512];

/** Channels at another width: multiples of 4, so that concatenations stay aligned. */
export function atWidth(channels: readonly number[], width: number): number[] {
  return channels.map((count) => Math.max(4, Math.round(count * width / 4) * 4));
}

function basicBlock(
  layers: Layers,
  name: string,
  x: Tensor,
  channels: number,
  stride: number,
): Tensor {
  const y = layers.convNorm([`${name}.conv1`, `${name}.bn1`], x, channels, {
    kernel: 3,
    stride,
    relu: true,
  });
  const residual = stride === 1 && x.shape[3] === channels
    ? x
    : layers.convNorm([`${name}.downsample.0`, `${name}.downsample.1`], x, channels, {
      kernel: 1,
      stride,
    });
  const z = layers.convNorm([`${name}.conv2`, `${name}.bn2`], y, channels, {
    kernel: 3,
    residual,
    relu: true,
  });
  return layers.named(name, z);
}

/** ResNets of basic blocks. */
export type ResnetDepth = 18 | 34;

/** Blocks of the four layers. */
const resnetBlocks: Readonly<Record<ResnetDepth, readonly number[]>> = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
};

/**
 * The first convolution with its norm and ReLU, at half the size.
 *
 * @param name prefix of the parameters, e.g. `equi_encoder`
 * @param image `[N, H, W, 3]`, normalised
 * @param width multiplier of the channels
 */
export function resnetStem(layers: Layers, name: string, image: Tensor, width: number): Tensor {
  const [channels] = atWidth(resnetChannels, width);
  const names = [`${name}.conv1`, `${name}.bn1`] as const;
  return layers.convNorm(names, image, channels!, { kernel: 7, stride: 2, relu: true });
}

/** What follows the stem: pooling to half its size. */
export function resnetPool(layers: Layers, name: string, stem: Tensor): Tensor {
  return layers.named(`${name}.maxpool`, maxPool(layers.graph, stem));
}

/**
 * One of the four layers; all but the first halve the size.
 *
 * @param level 1 … 4
 * @param depth which ResNet
 */
export function resnetLayer(
  layers: Layers,
  name: string,
  x: Tensor,
  { level, width, depth }: { level: number; width: number; depth: ResnetDepth },
): Tensor {
  const channels = atWidth(resnetChannels, width)[level]!;
  for (let block = 0; block < resnetBlocks[depth][level - 1]!; block++) {
    const stride = level > 1 && block === 0 ? 2 : 1;
    x = basicBlock(layers, `${name}.layer${level}.${block}`, x, channels, stride);
  }
  return layers.named(`${name}.layer${level}`, x);
}

/**
 * The five feature levels of an image, at 1/2, 1/4, 1/8, 1/16 and 1/32 of its size; without pooling the last four are
 * twice as large.
 *
 * @param name prefix of the parameters, e.g. `equi_encoder`
 * @param image `[N, H, W, 3]`, normalised; H and W multiples of 32
 * @param width multiplier of the channels
 * @param options `pool`: whether a max pooling follows the first level, as published (default)
 */
export function resnet18(
  layers: Layers,
  name: string,
  image: Tensor,
  width: number,
  { pool = true }: { pool?: boolean } = {},
): Tensor[] {
  let x = resnetStem(layers, name, image, width);
  const features = [x];
  if (pool) x = resnetPool(layers, name, x);
  for (let level = 1; level <= 4; level++) {
    x = resnetLayer(layers, name, x, { level, width, depth: 18 });
    features.push(x);
  }
  return features;
}
