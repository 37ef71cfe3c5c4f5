/**
 * The equirectangular half of UniFuse: its ResNet-18 encoder with its decoder as a U-Net, without the cube. The
 * network that the benchmark gives every contestant.
 *
 * @module
 */
import type { Layers } from "./layers.ts";
import { atWidth } from "../../../trainer/models/resnet.ts";

const encoderChannels = [64, 64, 128, 256, 512];

/** Channels of the decoder's levels at width 1, deepest first. */
export const decoderChannels: readonly number[] = [256, 128, 64, 32, 16];

/** Names of the decoder's blocks: UniFuse's own. */
export const decoderNames = {
  up: [1, 4, 7, 10, 13].map((i) => `equi_decoder.${i}`),
  joined: [3, 6, 9, 12, 14].map((i) => `equi_decoder.${i}`),
  head: "equi_decoder.15",
};

/** Largest output. */
export const maxDepth = 10;

/** The five feature levels of ResNet-18. */
export function encode<T>(layers: Layers<T>, name: string, image: T, width: number): T[] {
  const channels = atWidth(encoderChannels, width);
  let x = layers.conv(`${name}.conv1`, image, { channels: channels[0]!, kernel: 7, stride: 2 });
  x = layers.relu(layers.norm(`${name}.bn1`, x));
  const features = [x];
  x = layers.maxPool(x);
  for (let level = 1; level <= 4; level++) {
    const stride = level === 1 ? 1 : 2;
    x = block(layers, `${name}.layer${level}.0`, x, channels[level]!, stride, level > 1);
    x = block(layers, `${name}.layer${level}.1`, x, channels[level]!, 1, false);
    features.push(x);
  }
  return features;
}

function block<T>(
  layers: Layers<T>,
  name: string,
  x: T,
  channels: number,
  stride: number,
  downsample: boolean,
): T {
  let y = layers.conv(`${name}.conv1`, x, { channels, kernel: 3, stride });
  y = layers.relu(layers.norm(`${name}.bn1`, y));
  y = layers.norm(`${name}.bn2`, layers.conv(`${name}.conv2`, y, { channels, kernel: 3 }));
  if (downsample) {
    x = layers.conv(`${name}.downsample.0`, x, { channels, kernel: 1, stride });
    x = layers.norm(`${name}.downsample.1`, x);
  }
  return layers.relu(layers.add(y, x));
}

/** From the deepest features to `[N, 1, H, W]` in (0, 10). `skip` is asked for levels 3 to 0. */
export function decode<T>(
  layers: Layers<T>,
  features: T,
  skip: (level: number) => T,
  width: number,
): T {
  const convElu = (name: string, x: T, channels: number): T =>
    layers.elu(layers.conv(`${name}.conv.conv`, x, { channels, kernel: 3, bias: true }));
  let x = features;
  atWidth(decoderChannels, width).forEach((channels, k) => {
    x = layers.upsample(convElu(decoderNames.up[k]!, x, channels));
    if (k < 4) x = layers.concat([x, skip(3 - k)]);
    x = convElu(decoderNames.joined[k]!, x, channels);
  });
  const logits = layers.conv(`${decoderNames.head}.conv`, x, {
    channels: 1,
    kernel: 3,
    bias: true,
  });
  return layers.sigmoid(logits, maxDepth);
}

/** The whole half. `image`: 3 channels, height a multiple of 32. */
export function equirectHalf<T>(layers: Layers<T>, image: T, width: number): T {
  const features = encode(layers, "equi_encoder", image, width);
  return decode(layers, features[4]!, (level) => features[level]!, width);
}
