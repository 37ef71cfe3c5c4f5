/**
 * ResNet-18 as an encoder: He et al. 2016, torchvision's names and layout, without the classifier.
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
  let y = layers.conv(`${name}.conv1`, x, channels, { kernel: 3, stride });
  y = layers.norm(`${name}.bn1`, y, { relu: true });
  y = layers.conv(`${name}.conv2`, y, channels, { kernel: 3 });
  let residual = x;
  if (stride !== 1 || x.shape[3] !== channels) {
    residual = layers.conv(`${name}.downsample.0`, x, channels, { kernel: 1, stride });
    residual = layers.norm(`${name}.downsample.1`, residual);
  }
  return layers.named(name, layers.norm(`${name}.bn2`, y, { relu: true, residual }));
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
  const channels = atWidth(resnetChannels, width);
  let x = layers.conv(`${name}.conv1`, image, channels[0]!, { kernel: 7, stride: 2 });
  x = layers.norm(`${name}.bn1`, x, { relu: true });
  const features = [x];
  if (pool) x = maxPool(layers.graph, x);
  for (let level = 1; level <= 4; level++) {
    const stride = level === 1 ? 1 : 2;
    x = basicBlock(layers, `${name}.layer${level}.0`, x, channels[level]!, stride);
    x = basicBlock(layers, `${name}.layer${level}.1`, x, channels[level]!, 1);
    features.push(x);
  }
  return features;
}
