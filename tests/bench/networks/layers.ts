/**
 * A network for every contestant of the benchmark: written once over the layers that each of them has its own way of
 * computing. `T` is whatever it calls a tensor. Names are PyTorch's, so that one file of weights serves all.
 *
 * @module
 */
import type { Taps } from "@depth-anywhere/geometry";

/** A square convolution with zero padding that keeps the size at stride 1. */
export interface ConvSize {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly bias?: boolean;
}

/** What a U-Net on ResNet-18 is made of. */
export interface Layers<T> {
  conv(name: string, x: T, size: ConvSize): T;
  /** Batch normalisation: statistics of the batch when training, running ones otherwise; eps 1e-5. */
  norm(name: string, x: T): T;
  relu(x: T): T;
  elu(x: T): T;
  /** `factor / (1 + exp(-x))`. */
  sigmoid(x: T, factor: number): T;
  /** 3×3 at stride 2, padded by 1. */
  maxPool(x: T): T;
  /** Nearest, ×2. */
  upsample(x: T): T;
  add(a: T, b: T): T;
  /** Along channels. */
  concat(values: readonly T[]): T;
}

/** What UniFuse needs besides. */
export interface SphereLayers<T> extends Layers<T> {
  /**
   * A sparse map of pixels. `faces` says which side is six faces of one image, face-major in the batch.
   *
   * @param size rows and columns of an image or face of the result
   */
  resample(
    name: string,
    x: T,
    taps: Taps,
    size: { readonly height: number; readonly width: number; readonly faces: "from" | "to" },
  ): T;
  /** Mean over the pixels: `[N, C]`. */
  averagePool(x: T): T;
  /** Without bias, of `[N, C]`. */
  linear(name: string, x: T, channels: number): T;
  /** `[N, C]` over all pixels of an image. */
  multiplyChannels(x: T, factors: T): T;
}
