/**
 * One sizable call of each op, to be timed: what a training step of UniFuse at 128x256 does with it, or close to it.
 *
 * @module
 */
import type { Graph, Tensor } from "../gpu/graph.ts";
import { add } from "./add.ts";
import { affineInvariantLoss } from "./affine_invariant_loss.ts";
import { alignedLoss } from "./aligned_loss.ts";
import { batchNorm } from "./batch_norm.ts";
import { berhuLoss } from "./berhu_loss.ts";
import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { cubeTaps } from "./cube_taps.ts";
import { elu } from "./elu.ts";
import { globalAveragePool } from "./global_average_pool.ts";
import { linear } from "./linear.ts";
import { maxPool } from "./max_pool.ts";
import { multiplyChannels } from "./multiply_channels.ts";
import { multiplyMap } from "./multiply_map.ts";
import { pixelShuffle } from "./pixel_shuffle.ts";
import { relu } from "./relu.ts";
import { resample } from "./resample.ts";
import { sigmoid } from "./sigmoid.ts";
import { upsampleNearest } from "./upsample_nearest.ts";

/** An op with its inputs. */
export interface KernelCase {
  /** What is computed, for the reader of the table. */
  readonly sizes: string;
  /** Records the op; the gradients of everything it takes are timed too. */
  record(graph: Graph): Tensor;
}

function image(graph: Graph, shape: readonly number[], name = "x"): Tensor {
  return graph.input(name, shape, { requiresGradient: true });
}

const features = [4, 64, 128, 16];

/** A case of an op on one image of features. */
function onFeatures(record: (graph: Graph, x: Tensor) => Tensor, shape = features): KernelCase {
  return { sizes: `[${shape}]`, record: (graph) => record(graph, image(graph, shape)) };
}

/** A case of an op on two such images. */
function onTwo(record: (graph: Graph, a: Tensor, b: Tensor) => Tensor): KernelCase {
  return {
    sizes: `[${features}] twice`,
    record: (graph) => record(graph, image(graph, features), image(graph, features, "other")),
  };
}

function convolution(shape: number[], outputs: number, kernel: number, stride = 1): KernelCase {
  const inputs = shape[3]!;
  return {
    sizes: `[${shape}] to ${outputs} channels, ${kernel}x${kernel}, stride ${stride}`,
    record: (graph) =>
      conv2d(graph, image(graph, shape), graph.parameter("w", [outputs, inputs, kernel, kernel]), {
        stride,
        padding: kernel >> 1,
        bias: graph.parameter("b", [outputs]),
      }),
  };
}

/** A panorama on the faces of a rotated cube, and back: what one rotation costs a step at the paper's size. */
const rotatedCube: KernelCase = {
  sizes: "[1,512,1024,1] to [6,256,256,1]",
  record(graph) {
    const map = cubeTaps(graph, graph.input("rotations", [9]), { height: 512, size: 256 });
    const faces = { height: 256, width: 256, to: "image-major" } as const;
    return resample(graph, image(graph, [1, 512, 1024, 1]), map, faces);
  },
};

/** By stem; an op with several sizes that matter has several cases. */
export const kernelCases: Readonly<Record<string, readonly KernelCase[]>> = {
  add: [onTwo(add)],
  affine_invariant_loss: [{
    sizes: "[24,128,128,1]",
    record(graph) {
      const [prediction, truth, mask] = ["prediction", "truth", "mask"].map((name) =>
        image(graph, [24, 128, 128, 1], name)
      );
      return affineInvariantLoss(graph, prediction!, truth!, mask!).loss;
    },
  }],
  aligned_loss: (["scale", "affine"] as const).map((alignment) => ({
    sizes: `[32,64,64,1], ${alignment}`,
    record(graph) {
      const [prediction, truth, mask] = ["prediction", "truth", "mask"].map((name) =>
        image(graph, [32, 64, 64, 1], name)
      );
      return alignedLoss(graph, prediction!, truth!, mask!, alignment).loss;
    },
  })),
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
  concat: [onTwo((graph, a, b) => concat(graph, [a, b]))],
  conv2d: [
    convolution([4, 128, 256, 3], 16, 7, 2),
    convolution([4, 64, 128, 16], 16, 3),
    convolution([4, 64, 128, 32], 16, 1),
    convolution([4, 32, 64, 32], 64, 3, 2),
    convolution([4, 32, 64, 64], 64, 3),
    convolution([4, 8, 16, 128], 128, 3),
    convolution([4, 128, 256, 4], 4, 3),
  ],
  cube_taps: [rotatedCube],
  elu: [onFeatures(elu)],
  global_average_pool: [onFeatures(globalAveragePool)],
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
  sigmoid: [onFeatures((graph, x) => sigmoid(graph, x), [4, 256, 512, 1])],
  upsample_nearest: [onFeatures(upsampleNearest)],
};
