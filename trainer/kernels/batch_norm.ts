import { type Graph, read, type Shape, target, type Tensor, write } from "../gpu/graph.ts";
import backwardCode from "./batch_norm_backward.wgsl" with { type: "text" };
import forwardCode from "./batch_norm.wgsl" with { type: "text" };
import statisticsCode from "./batch_norm_statistics.wgsl" with { type: "text" };
import { blocksCode, channelsOf, forMap, forSums, pixelsOf } from "./blocks.ts";
import { sumCode } from "./tile_sum.ts";

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
}

/**
 * Batch normalisation over N, H and W, with PyTorch's constants (eps 1e-5, momentum 0.1, running variance unbiased).
 * x: [N, H, W, C] -> same. With batch statistics each run also moves the running ones.
 *
 * @throws TypeError when a shape does not fit, or the residual is x itself
 * @throws RangeError when batch statistics are asked of a single pixel
 */
export function batchNorm(
  graph: Graph,
  x: Tensor,
  tensors: BatchNormTensors,
  options: BatchNormOptions = {},
): Tensor {
  const { residual, relu = false } = options;
  const running =
    (options.statistics ?? (graph.mode === "train" ? "batch" : "running")) === "running";
  const { weight, bias } = tensors;
  const name = weight.name.replace(/\.weight$/, "");
  check(name, x, tensors, residual, running);
  const { mean, spread } = running
    ? { mean: tensors.runningMean, spread: tensors.runningVar }
    : statistics(graph, name, x, tensors);

  const y = graph.result(name, x.shape, [x, weight, bias, ...(residual ? [residual] : [])]);
  const over = forMap(graph.gpu, 1, pixelsOf(x), channelsOf(x));
  graph.dispatch({
    label: `batch_norm forward ${name}`,
    shader: {
      file: "batch_norm.wgsl",
      code: [blocksCode, forwardCode],
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

function check(
  name: string,
  x: Tensor,
  { weight, bias, runningMean, runningVar }: BatchNormTensors,
  residual: Tensor | undefined,
  running: boolean,
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
  if (!running && pixelsOf(x) < 2) {
    throw new RangeError(
      `Cannot take batch statistics in "${name}" as each channel has a single value: current shape is [${x.shape}]; raise the batch size or the height`,
    );
  }
}

/** Mean and 1 / sqrt(variance + eps) of the batch; moves the running statistics. */
function statistics(
  graph: Graph,
  name: string,
  x: Tensor,
  { runningMean, runningVar }: BatchNormTensors,
): { mean: Tensor; spread: Tensor } {
  const channels = channelsOf(x);
  const over = forSums(graph.gpu, 1, pixelsOf(x), channels);
  const partials = graph.temp(`${name} tiles`, [over.parts * 2 * over.vectors * 4]);
  const mean = graph.temp(`${name} mean`, perChannel(over.vectors));
  const spread = graph.temp(`${name} spread`, perChannel(over.vectors));
  const shader = (entryPoint: string) => ({
    file: "batch_norm_statistics.wgsl",
    code: [blocksCode, statisticsCode],
    entryPoint,
  });
  graph.dispatch({
    label: `batch_norm tiles ${name}`,
    shader: shader(over.first),
    uniforms: over.uniforms,
    bindings: [read(x), write(partials)],
    workgroups: over.workgroups,
  });
  graph.dispatch({
    label: `batch_norm finish ${name}`,
    shader: shader(over.second.entryPoint),
    uniforms: over.uniforms,
    bindings: [
      read(partials),
      write(mean),
      write(spread),
      { tensor: runningMean, access: "readwrite" },
      { tensor: runningVar, access: "readwrite" },
    ],
    workgroups: over.second.workgroups,
  });
  return { mean, spread };
}

function perChannel(vectors: number): Shape {
  return [vectors * 4];
}

interface Recorded {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly spread: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly residual: Tensor | undefined;
  readonly relu: boolean;
  readonly running: boolean;
}

function backward(graph: Graph, name: string, of: Recorded): void {
  const dy = graph.gradient(of.y);
  if (!dy) return;
  const { x, mean, spread, weight, bias, residual } = of;
  const mask = !of.relu ? "NO_RELU" : residual ? "BY_Y" : "BY_X";
  const y = mask === "BY_Y" ? of.y : x; // a placeholder otherwise
  const over = forSums(graph.gpu, 1, pixelsOf(x), channelsOf(x));
  const scratch = (shape: Shape) => ({
    tensor: graph.temp(`${name} unused gradient`, shape),
    accumulate: false,
  });
  const dweight = graph.contribute(weight) ?? scratch(perChannel(over.vectors));
  const dbias = graph.contribute(bias) ?? scratch(perChannel(over.vectors));
  const wanted = graph.contribute(x);
  const dresidual = residual && graph.contribute(residual);
  const dx = wanted ?? scratch(x.shape);
  const shader = (entryPoint: string, accumulate = false, accumulateResidual = false) => ({
    file: "batch_norm_backward.wgsl",
    code: [blocksCode, sumCode(graph.gpu), backwardCode],
    entryPoint,
    constants: {
      MASK: ["NO_RELU", "BY_Y", "BY_X"].indexOf(mask), // the names in the WGSL
      ACCUMULATE: accumulate,
      ACCUMULATE_RESIDUAL: accumulateResidual,
    },
  });
  const flags = [of.running, dweight.accumulate, dbias.accumulate].map(Number);
  const into = (to: { tensor: Tensor; accumulate: boolean }) => ({
    tensor: to.tensor,
    access: target(to),
  });

  const partials = graph.temp(`${name} gradient tiles`, [over.parts * 2 * over.vectors * 4]);
  const coefficients = graph.temp(`${name} coefficients`, [4 * over.vectors * 4]);
  graph.dispatch({
    label: `batch_norm gradient tiles ${name}`,
    shader: shader("tiles"),
    uniforms: [...over.uniforms, ...flags],
    bindings: [...[x, y, dy, mean, spread, weight, bias].map(read), write(partials)],
    workgroups: over.workgroups,
  });
  graph.dispatch({
    label: `batch_norm gradient finish ${name}`,
    shader: shader(over.second.entryPoint),
    uniforms: [...over.uniforms, ...flags],
    bindings: [
      ...[partials, spread, weight, bias].map(read),
      write(coefficients),
      into(dweight),
      into(dbias),
    ],
    workgroups: over.second.workgroups,
  });
  if (!wanted && !dresidual) return;
  const map = forMap(graph.gpu, 1, pixelsOf(x), channelsOf(x));
  graph.dispatch({
    label: `batch_norm backward ${name}`,
    shader: shader(
      dresidual ? "backward_residual" : "backward",
      dx.accumulate,
      dresidual?.accumulate,
    ),
    uniforms: [...map.uniforms, ...flags],
    bindings: [
      ...[x, y, dy, mean, coefficients].map(read),
      into(dx),
      ...(dresidual ? [into(dresidual)] : []),
    ],
    workgroups: map.workgroups,
  });
}
