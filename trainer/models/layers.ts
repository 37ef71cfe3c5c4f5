/**
 * Layers with parameters: they declare what they need under PyTorch's names and call the kernels.
 *
 * @module
 */
import { batchNorm, type BatchNormTensors, takesBatch } from "../kernels/batch_norm.ts";
import { conv2d, conv2dWithMoments } from "../kernels/conv2d.ts";
import type { Activation } from "../kernels/conv2d_activation.ts";
import { conv2dNorm } from "../kernels/conv2d_norm.ts";
import { linear } from "../kernels/linear.ts";
import type { Moments } from "../kernels/moments.ts";
import { relu } from "../kernels/relu.ts";
import type { Graph, Tensor } from "../gpu/graph.ts";

/** How the layers of a network behave. */
export interface LayersOptions {
  /**
   * Output of each named module is kept here, to compare with other implementations. A convolution that activates what it
   * writes has none of its own: it is the block around it that is named.
   */
  readonly observed?: Map<string, Tensor>;
  /** Statistics of the batch norms, if not by the graph's mode. */
  readonly statistics?: "batch" | "running";
}

/** A square convolution. */
export interface ConvolutionOptions {
  /** Its side. */
  readonly kernel: number;
  /** 1 unless said here. */
  readonly stride?: number;
  /** Whether it has one. */
  readonly bias?: boolean;
}

/** What is done in the same pass as a batch norm. */
export interface NormOptions {
  /** Cut below 0 last. */
  readonly relu?: boolean;
  /** Added before that. */
  readonly residual?: Tensor;
}

/** The layers of one network in one graph. */
export class Layers {
  readonly graph: Graph;
  readonly #options: LayersOptions;

  constructor(graph: Graph, options: LayersOptions = {}) {
    this.graph = graph;
    this.#options = options;
  }

  /** Remember a module's output under its name, if somebody looks. */
  named(name: string, x: Tensor): Tensor {
    this.#options.observed?.set(name, this.graph.output(x));
    return x;
  }

  /**
   * Square convolution with zero padding that keeps the size at stride 1, then the activation.
   *
   * @param x `[N, H, W, C]`
   * @param channels output channels
   * @returns `[N, ceil(H / stride), ceil(W / stride), channels]`
   */
  conv(
    name: string,
    x: Tensor,
    channels: number,
    { activation, ...options }: ConvolutionOptions & { activation?: Activation },
  ): Tensor {
    const { weight, ...placed } = this.#convolution(name, x, channels, options);
    const y = conv2d(this.graph, x, weight, { ...placed, activation });
    return activation ? y : this.named(name, y); // see `observed`
  }

  /**
   * The same convolution, then batch normalisation (eps 1e-5, momentum 0.1), then the residual, then ReLU: in one pass where
   * nothing is differentiated and nobody looks at the convolution's output.
   *
   * @param names of the convolution and of the norm
   */
  convNorm(
    [conv, norm]: readonly [string, string],
    x: Tensor,
    channels: number,
    { relu, residual, ...options }: ConvolutionOptions & NormOptions,
  ): Tensor {
    const { weight, ...placed } = this.#convolution(conv, x, channels, options);
    const tensors = this.#normTensors(norm, channels);
    const { observed, statistics } = this.#options;
    const batch = takesBatch(this.graph, statistics);
    if (this.graph.mode === "evaluate" && !batch && !observed) {
      return conv2dNorm(this.graph, x, weight, tensors, { ...placed, relu, residual });
    }
    const { y, moments } = batch
      ? conv2dWithMoments(this.graph, x, weight, placed)
      : { y: conv2d(this.graph, x, weight, placed), moments: undefined };
    return this.#norm(norm, this.named(conv, y), tensors, { relu, residual, moments });
  }

  #convolution(
    name: string,
    x: Tensor,
    channels: number,
    { kernel, stride = 1, bias }: ConvolutionOptions,
  ) {
    return {
      weight: this.graph.parameter(`${name}.weight`, [channels, x.shape[3]!, kernel, kernel]),
      bias: bias ? this.graph.parameter(`${name}.bias`, [channels]) : undefined,
      stride,
      padding: kernel >> 1,
    };
  }

  #normTensors(name: string, channels: number): BatchNormTensors {
    return {
      weight: this.graph.parameter(`${name}.weight`, [channels]),
      bias: this.graph.parameter(`${name}.bias`, [channels]),
      runningMean: this.graph.state(`${name}.running_mean`, [channels]),
      runningVar: this.graph.state(`${name}.running_var`, [channels]),
    };
  }

  #norm(
    name: string,
    x: Tensor,
    tensors: BatchNormTensors,
    options: NormOptions & { moments: Moments | undefined },
  ): Tensor {
    const { observed, statistics } = this.#options;
    if (observed && !options.residual) { // the module's own output, before what is fused with it
      const { moments } = options;
      const y = this.named(name, batchNorm(this.graph, x, tensors, { statistics, moments }));
      return options.relu ? relu(this.graph, y) : y;
    }
    return batchNorm(this.graph, x, tensors, { ...options, statistics });
  }

  /** Fully connected without bias. `x: [N, 1, 1, C]` → `[N, 1, 1, channels]`. */
  linear(name: string, x: Tensor, channels: number): Tensor {
    const weight = this.graph.parameter(`${name}.weight`, [channels, x.shape[3]!]);
    return this.named(name, linear(this.graph, x, weight));
  }

  /** UniFuse's decoder block: 3×3 convolution with bias, ELU (networks/layers.py, ConvBlock). */
  convElu(name: string, x: Tensor, channels: number): Tensor {
    const options = { kernel: 3, bias: true, activation: "elu" } as const;
    return this.named(name, this.conv(`${name}.conv.conv`, x, channels, options));
  }
}
