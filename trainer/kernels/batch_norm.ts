import { type Graph, read, type Tensor, write } from "../gpu/graph.ts";
import { backward } from "./batch_norm_backward.ts";
import { statistics } from "./batch_norm_statistics.ts";
import type { Moments } from "./moments.ts";
import { blocksCode, channelsOf, forMap, pixelsOf } from "./blocks.ts";
import code from "./batch_norm.wgsl" with { type: "text" };

/** What a batch norm learns and keeps, each `[C]`: two of `graph.parameter()`, two of `graph.state()`. */
export interface BatchNormTensors {
  /** PyTorch's `weight`: the factor. */
  readonly weight: Tensor;
  /** Added last. */
  readonly bias: Tensor;
  /** Moving average of the batches' means. */
  readonly runningMean: Tensor;
  /** Moving average of the batches' variances. */
  readonly runningVar: Tensor;
}

/** What is done in the same pass, and where the statistics come from. */
export interface BatchNormOptions {
  /** Added after the normalisation, before the ReLU. */
  readonly residual?: Tensor;
  /** Cut below 0 last. */
  readonly relu?: boolean;
  /** `batch` in training graphs, `running` in others, unless said here. */
  readonly statistics?: "batch" | "running";
  /** Of x, from `conv2dWithMoments()`: statistics of the batch are taken from them, without reading x. */
  readonly moments?: Moments | undefined;
}

/** Whether it normalises by the statistics of the batch. */
export function takesBatch(graph: Graph, statistics?: "batch" | "running"): boolean {
  return (statistics ?? (graph.mode === "train" ? "batch" : "running")) === "batch";
}

/**
 * Batch normalisation over N, H and W, with PyTorch's constants (eps 1e-5, momentum 0.1, running variance unbiased).
 * x: [N, H, W, C] -> same. With batch statistics each run also moves the running ones.
 *
 * @throws TypeError when a shape does not fit, the residual is x itself, or moments are not of x or not wanted
 * @throws RangeError when batch statistics are asked of a single pixel
 */
export function batchNorm(
  graph: Graph,
  x: Tensor,
  tensors: BatchNormTensors,
  options: BatchNormOptions = {},
): Tensor {
  const { residual, relu = false, moments } = options;
  const running = !takesBatch(graph, options.statistics);
  const { weight, bias } = tensors;
  const name = weight.name.replace(/\.weight$/, "");
  checkNorm(name, x, tensors, residual);
  if (moments && (running || moments.of !== x)) {
    throw new TypeError(
      `Cannot take statistics in "${name}" from moments of "${moments.of.name}": ` +
        (running ? "the running ones are asked for" : `"${x.name}" is normalised`),
    );
  }
  if (!running && pixelsOf(x) < 2) {
    throw new RangeError(
      `Cannot take batch statistics in "${name}" as each channel has a single value: current shape is [${x.shape}]; raise the batch size or the height`,
    );
  }
  const { mean, spread } = running
    ? { mean: tensors.runningMean, spread: tensors.runningVar }
    : statistics(graph, name, x, tensors, moments);

  const y = graph.result(name, x.shape, [x, weight, bias, ...(residual ? [residual] : [])]);
  const over = forMap(graph.gpu, 1, pixelsOf(x), channelsOf(x));
  graph.dispatch({
    label: `batch_norm forward ${name}`,
    shader: {
      file: "batch_norm.wgsl",
      code: [blocksCode, code],
      entryPoint: "forward",
      constants: { RELU: relu, RESIDUAL: residual !== undefined },
    },
    uniforms: [...over.uniforms, Number(running)],
    bindings: [x, mean, spread, weight, bias, residual ?? x].map(read).concat(write(y)),
    repeatable: true,
    workgroups: over.workgroups,
  });
  graph.backward(() =>
    backward(graph, name, { x, y, mean, spread, weight, bias, residual, relu, running })
  );
  return y;
}

/** @throws TypeError when what is learned and kept, or the residual, does not fit the x that is normalised */
export function checkNorm(
  name: string,
  x: Tensor,
  { weight, bias, runningMean, runningVar }: BatchNormTensors,
  residual: Tensor | undefined,
): void {
  const channels = channelsOf(x);
  for (const tensor of [weight, bias, runningMean, runningVar]) {
    if (`${tensor.shape}` !== `${channels}`) {
      throw new TypeError(
        `Cannot normalise [${x.shape}] by "${tensor.name}": its shape is [${tensor.shape}], not [${channels}]`,
      );
    }
  }
  if (residual && (`${residual.shape}` !== `${x.shape}` || residual === x)) {
    throw new TypeError(
      `Cannot add a residual of shape [${residual.shape}] in "${name}": another tensor of shape [${x.shape}] is needed`,
    );
  }
}
