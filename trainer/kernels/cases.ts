/**
 * One sizable call of each op, to be timed: what a training step of UniFuse at 128x256 does with it, or close to it.
 *
 * @module
 */
import { IDENTITY, unifuseCubeToEquirectTaps } from "@depth-anywhere/geometry";
import { adam } from "./adam.ts";
import { add } from "./add.ts";
import { affineInvariantLoss } from "./affine_invariant_loss.ts";
import { alignedLoss } from "./aligned_loss.ts";
import { batchNorm } from "./batch_norm.ts";
import { berhuLoss } from "./berhu_loss.ts";
import { concat, concatUpsampled } from "./concat.ts";
import { cubeTaps } from "./cube_taps.ts";
import { elu } from "./elu.ts";
import { globalAveragePool } from "./global_average_pool.ts";
import { gradientNorm } from "./gradient_norm.ts";
import {
  convolution,
  features,
  image,
  type KernelCase,
  onFeatures,
  onMasked,
  onTwo,
} from "./kernel_case.ts";
import { linear } from "./linear.ts";
import { maxPool } from "./max_pool.ts";
import { multiplyChannels } from "./multiply_channels.ts";
import { multiplyMap } from "./multiply_map.ts";
import { pixelShuffle } from "./pixel_shuffle.ts";
import { relu } from "./relu.ts";
import { resample } from "./resample.ts";
import { constantMap } from "./resample_map.ts";
import { sigmoid } from "./sigmoid.ts";
import { upsampleNearest } from "./upsample_nearest.ts";

/** A panorama on the faces of a rotated cube, and back: what one rotation costs a step at the paper's size. */
const rotatedCube: KernelCase = {
  sizes: "[1,512,1024,1] to [6,256,256,1]",
  record(graph) {
    const map = cubeTaps(graph, graph.constant("rotations", Float32Array.from(IDENTITY)), {
      height: 512,
      size: 256,
    });
    const faces = { height: 256, width: 256, to: "image-major" } as const;
    return resample(graph, image(graph, [1, 512, 1024, 1]), map, faces);
  },
};

/** The features of six faces on the panorama, as UniFuse brings them to its fusions. */
const cubeToEquirect: KernelCase = {
  sizes: "[24,32,32,16] to [4,64,128,16]",
  record(graph) {
    const size = { height: 64, width: 128 };
    const map = constantMap(graph, "c2e 64", unifuseCubeToEquirectTaps({ ...size, size: 32 }));
    return resample(graph, image(graph, [24, 32, 32, 16]), map, { ...size, from: "face-major" });
  },
};

/** Features of a level of UniFuse's decoder, and those that they are joined with. */
const upsampledFeatures: KernelCase = {
  sizes: "[4,32,64,16] twice as large, with [4,64,128,16]",
  record: (graph) =>
    concatUpsampled(graph, image(graph, [4, 32, 64, 16]), image(graph, [4, 64, 128, 16], "skip")),
};

/** What follows the gradients, of about as many weights as UniFuse has at width 0.25. */
const update: KernelCase = {
  sizes: "2097152 weights",
  record(graph) {
    graph.parameter("w", [1024, 2048]);
    const { control } = gradientNorm(graph, graph.constant("loss", Float32Array.of(1)));
    const optimiser = adam(graph, control);
    return (plan) => plan.write(optimiser.input, optimiser.hyper(1e-3, 1));
  },
};

/** By stem; an op with several sizes that matter has several cases. */
export const kernelCases: Readonly<Record<string, readonly KernelCase[]>> = {
  adam: [update],
  add: [onTwo(add)],
  affine_invariant_loss: [
    onMasked((...of) => affineInvariantLoss(...of).loss, [24, 128, 128, 1]),
  ],
  aligned_loss: (["scale", "affine"] as const).map((alignment) =>
    onMasked((...of) => alignedLoss(...of, alignment).loss, [32, 64, 64, 1], `, ${alignment}`)
  ),
  batch_norm: [onFeatures((graph, x) =>
    batchNorm(graph, x, {
      weight: graph.parameter("n.weight", [16]),
      bias: graph.parameter("n.bias", [16]),
      runningMean: graph.state("n.running_mean", [16]),
      runningVar: graph.state("n.running_var", [16]),
    }, { relu: true })
  )],
  berhu_loss: [{
    sizes: "[4,256,512,1]",
    record: (graph) =>
      berhuLoss(
        graph,
        image(graph, [4, 256, 512, 1]),
        graph.input("truth", [4, 256, 512, 1]),
      ).loss,
  }],
  concat: [onTwo((graph, a, b) => concat(graph, [a, b])), upsampledFeatures],
  conv2d: [
    convolution([4, 128, 256, 3], 16, { kernel: 7, stride: 2 }),
    convolution([4, 64, 128, 16], 16, { kernel: 3 }),
    convolution([4, 64, 128, 32], 16, { kernel: 1 }),
    convolution([4, 32, 64, 32], 64, { kernel: 3, stride: 2 }),
    convolution([4, 32, 64, 64], 64, { kernel: 3 }),
    convolution([4, 8, 16, 128], 128, { kernel: 3 }),
    convolution([4, 128, 256, 4], 4, { kernel: 3 }),
  ],
  conv2d_activation: [convolution([4, 64, 128, 16], 16, { kernel: 3, activation: "elu" })],
  cube_taps: [rotatedCube],
  elu: [onFeatures(elu)],
  global_average_pool: [onFeatures(globalAveragePool)],
  gradient_norm: [update],
  linear: [{
    sizes: "[1024,1,1,256] to 256",
    record: (graph) =>
      linear(graph, image(graph, [1024, 1, 1, 256]), graph.parameter("w", [256, 256])),
  }],
  max_pool: [onFeatures(maxPool)],
  multiply_channels: [{
    sizes: `[${features}] by [4,1,1,16]`,
    record: (graph) =>
      multiplyChannels(graph, image(graph, features), image(graph, [4, 1, 1, 16], "s")),
  }],
  multiply_map: [{
    sizes: `[${features}] by [4,64,128,1]`,
    record: (graph) =>
      multiplyMap(graph, image(graph, features), image(graph, [4, 64, 128, 1], "m")),
  }],
  pixel_shuffle: [onFeatures(pixelShuffle, [4, 32, 64, 64])],
  relu: [onFeatures(relu)],
  resample: [cubeToEquirect],
  sigmoid: [onFeatures((graph, x) => sigmoid(graph, x), [4, 256, 512, 1])],
  upsample_nearest: [onFeatures(upsampleNearest)],
};
