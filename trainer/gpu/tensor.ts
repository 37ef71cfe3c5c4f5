/**
 * Tensors of a graph: a shape, a place to be decided later, and how they came to be.
 *
 * @module
 */

import type { Flat } from "./parameters.ts";

/** Logical dimensions. Activations are `[N, H, W, C]`, plain words `[n]`. */
export type Shape = readonly number[];

/** Type of a tensor's words. */
export type Stored = "f32" | "f16";

/** `mixed`: feature maps and their gradients are stored as `f16`; everything else, and all arithmetic, is `f32`. */
export type Precision = "f32" | "mixed";

/** Bytes of a word. */
export function bytesOf(stored: Stored): 2 | 4 {
  return stored === "f16" ? 2 : 4;
}

/** Where a tensor's words live. */
export type Residence =
  | "host" // written by the host, once or before each run; keeps its own buffer
  | "persistent" // zero or given at first, survives from run to run
  | "store" // a range of one of the parameter store's flat buffers
  | "temp" // a slot assigned by liveness
  | "view"; // a range of another tensor

/** A tensor of a graph. Only `trainer/gpu` looks at `id`, `residence` and `base`. */
export interface Tensor {
  /** Unique in its graph. */
  readonly id: number;
  /** For messages and labels; a parameter's is PyTorch's. */
  readonly name: string;
  /** Logical shape; the buffer of `[N,H,W,C]` has `N*H*W*pad4(C)` words. */
  readonly shape: Shape;
  /** What its words are: `f16` only for feature maps and their gradients, and only with mixed precision. */
  readonly stored: Stored;
  /** Size in bytes, padding included. */
  readonly bytes: number;
  /** Whether a loss is differentiated by it. */
  readonly requiresGradient: boolean;
  /** Where its words live. */
  readonly residence: Residence;
  /** Whether it holds floats that ought to be finite (not scratch words or packed bytes). */
  readonly finite?: boolean;
  /** For a view: the tensor it looks into. */
  readonly base?: Tensor;
  /** For a range of the store: which of its buffers. */
  readonly flat?: Flat;
  /** For a view or a range of the store: where it starts there, in bytes. */
  readonly offset: number;
}

/** Bytes to which WebGPU lets every adapter bind a part of a buffer: the default, and the largest a device may demand. */
export const bindingAlignment = 256;

/** `c` rounded up to a multiple of 4, the channel stride of activations. */
export function pad4(c: number): number {
  return (c + 3) & ~3;
}

/** Words of an activation `[N, H, W, C]` with its channel padding, or of plain words `[n]`. */
export function activationWords(shape: Shape): number {
  if (shape.length === 1) return shape[0]!;
  if (shape.length !== 4) {
    throw new TypeError(
      `Cannot lay out a tensor as its shape must be [N,H,W,C] or [n]: current shape is [${shape}]`,
    );
  }
  return shape[0]! * shape[1]! * shape[2]! * pad4(shape[3]!);
}

/** Number of words of a tensor, padding included: 4 bytes each, 2 where it is stored as `f16`. */
export function words(tensor: Tensor): number {
  return tensor.bytes / bytesOf(tensor.stored);
}

/**
 * Whether a result of this shape is a feature map, which mixed precision stores as `f16`. What has fewer than 4
 * channels is a picture, a mask or a prediction, and what has a single pixel is a statistic: both are small, and stay `f32`.
 */
export function isFeatureMap(shape: Shape): boolean {
  const [, height = 0, width = 0, channels = 0] = shape;
  return shape.length === 4 && channels >= 4 && height * width > 1;
}

/** How a dispatch uses a tensor. */
export type Access = "read" | "write" | "readwrite";

/** One bound tensor of a dispatch. */
export interface Binding {
  /** What is bound. */
  readonly tensor: Tensor;
  /** How it is used. */
  readonly access: Access;
}

/** Bind for reading. */
export function read(tensor: Tensor): Binding {
  return { tensor, access: "read" };
}

/** Bind for overwriting all of the tensor. */
export function write(tensor: Tensor): Binding {
  return { tensor, access: "write" };
}

/** Where an op writes its share of a gradient. */
export interface Contribution {
  /** The gradient, or a view into it. */
  readonly tensor: Tensor;
  /** `false`: overwrite all of it; `true`: add to what is there. */
  readonly accumulate: boolean;
}

/** The access to bind a gradient with: as its contribution says, overwritten or added to. */
export function target(contribution: { readonly accumulate: boolean }): "write" | "readwrite" {
  return contribution.accumulate ? "readwrite" : "write";
}
