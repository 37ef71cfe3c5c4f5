/**
 * BiFuse++ (Wang et al. 2022): an equirectangular and a cube encoder that exchange features both ways after every
 * layer, and a decoder of PixelShuffle. Exact: names, shapes and arithmetic of fuenwang/BiFusev2 BiFuse.py as Depth
 * Anywhere trains it, without an activation at the end; a width multiplier makes it small.
 *
 * @module
 */
import {
  bifuseCubeToEquirectGrid,
  cubeGridTaps,
  equirectToCubeTaps,
} from "@depth-anywhere/geometry";
import type { Graph, Tensor } from "../gpu/graph.ts";
import { add } from "../kernels/add.ts";
import { concat } from "../kernels/concat.ts";
import { pixelShuffle } from "../kernels/pixel_shuffle.ts";
import { resample } from "../kernels/resample.ts";
import { constantMap } from "../kernels/resample_map.ts";
import { Layers, type LayersOptions } from "./layers.ts";
import { resized } from "./resized.ts";
import { atWidth, resnetLayer, resnetPool, resnetStem } from "./resnet.ts";

/** What a BiFuse++ can differ in. */
export interface BiFusePPOptions extends LayersOptions {
  /** Multiplier of all channels: 1 is the published network. */
  readonly width?: number;
}

/** Channels of `deconv4 … deconv1` at width 1, before four of them become pixels. */
const decoderChannels = [1024, 512, 256, 128];

/** Panoramas to the six faces of their cubes, image-major: `[N, H, 2H, C]` to `[6N, H/2, H/2, C]`, faces B D F L R U. */
function toCube(graph: Graph, x: Tensor): Tensor {
  const [, height = 0, width = 0] = x.shape;
  const size = height / 2;
  const taps = equirectToCubeTaps({ height, width, size, layout: "distill", recipe: "released" });
  const map = constantMap(graph, `e2c ${height}`, taps);
  return resample(graph, x, map, { height: size, width: size, to: "image-major" });
}

/** The way back: `[6N, F, F, C]` to `[N, 2F, 4F, C]`. */
function toEquirect(graph: Graph, x: Tensor): Tensor {
  const size = x.shape[1]!;
  const [height, width] = [2 * size, 4 * size];
  const taps = cubeGridTaps(bifuseCubeToEquirectGrid({ height, width, size }));
  const map = constantMap(graph, `c2e ${height}`, taps);
  return resample(graph, x, map, { height, width, from: "image-major" });
}

/** Convolution with bias, norm, ReLU: `${name}.0`, `${name}.1` of a checkpoint. */
function block(layers: Layers, name: string, x: Tensor, channels: number, kernel: number): Tensor {
  const names = [`${name}.0`, `${name}.1`] as const;
  const y = layers.convNorm(names, x, channels, { kernel, bias: true, relu: true });
  return layers.named(name, y);
}

/**
 * Affine-ambiguous disparity of normalised panoramas.
 *
 * @param image `[N, H, 2H, 3]`, ImageNet-normalised; H a multiple of 64, at least 128
 * @returns `[N, H, 2H, 1]`, of either sign
 * @throws RangeError below height 128, where the deepest faces are single pixels
 */
export function bifusepp(graph: Graph, image: Tensor, options: BiFusePPOptions = {}): Tensor {
  const { width = 1 } = options;
  const layers = new Layers(graph, options);
  const encoders = { equi: "dnet.resnet_equi", cube: "dnet.resnet_cube" };
  const start = (encoder: string, x: Tensor): Tensor =>
    resnetPool(layers, encoder, resnetStem(layers, encoder, x, width));
  let equi = start(encoders.equi, image);
  let cube = start(encoders.cube, toCube(graph, image));
  const fused: Tensor[] = [];
  for (let level = 1; level <= 4; level++) {
    const of = { level, width, depth: 34 } as const;
    equi = resnetLayer(layers, encoders.equi, equi, of);
    cube = resnetLayer(layers, encoders.cube, cube, of);
    const projected = toEquirect(graph, cube);
    const joined = concat(graph, [equi, projected]);
    const part = (name: string): Tensor =>
      block(layers, `dnet.f${level}.${name}`, joined, equi.shape[3]!, 1);
    // The last two have no reader at level 4; they are there for their running statistics, which move all the same.
    const [more, moreCube] = [part("conv_equi_cat"), part("conv_cube_cat")];
    fused.push(part("conv_cat"));
    if (level === 4) break;
    equi = add(graph, equi, more);
    cube = toCube(graph, add(graph, projected, moreCube));
  }
  return decode(layers, fused, width);
}

/** @param fused features of level 1 … 4, at 1/4 … 1/32 of the size */
function decode(layers: Layers, fused: readonly Tensor[], width: number): Tensor {
  const { graph } = layers;
  const channels = atWidth(decoderChannels, width);
  let x = fused[3]!;
  for (let level = 4; level >= 1; level--) {
    const name = `dnet.deconv${level}`;
    const y = block(layers, `${name}.0`, x, channels[4 - level]!, 3);
    const larger = layers.named(`${name}.1`, pixelShuffle(graph, y));
    x = level > 1 ? concat(graph, [larger, fused[level - 2]!]) : larger;
  }
  x = layers.conv("dnet.deconv1.2", x, 1, { kernel: 1, bias: true });
  const [, rows = 0, columns = 0] = x.shape;
  return layers.named("dnet.deconv1", resized(graph, x, 2 * rows, 2 * columns, "corners"));
}
