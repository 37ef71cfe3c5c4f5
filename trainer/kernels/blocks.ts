/**
 * How kernels that keep a thread on its own channels cover `[images, pixels, channels]`: the host's half of
 * `shared/blocks.wgsl`.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { pad4, type Tensor } from "../gpu/tensor.ts";
import type { NamedText } from "../gpu/shader_error.ts";
import code from "./shared/blocks.wgsl" with { type: "text" };

/** The WGSL that reads {@linkcode Blocks.uniforms}. */
export const blocksCode: NamedText = { file: "shared/blocks.wgsl", text: code };

/** A division of work over workgroups of 64 threads. */
export interface Blocks {
  /** The struct `Blocks`, first in an op's uniforms. */
  readonly uniforms: readonly number[];
  /** vec4 of channels. */
  readonly vectors: number;
  /** Blocks of pixels of one image. */
  readonly tiles: number;
  readonly workgroups: readonly [number, number, number];
}

/**
 * Divide `[images, pixels, channels]`.
 *
 * @param perThread pixels that one thread handles, at least
 * @param most most blocks of an image, at most 65 535
 * @throws RangeError when there are more images than a dispatch may have workgroups
 */
export function divide(
  images: number,
  pixels: number,
  channels: number,
  perThread: number,
  most = 65535,
): Blocks {
  if (images > 65535) {
    throw new RangeError(
      `Cannot divide ${images} images or rows over workgroups: a dispatch has at most 65535; lower the batch size`,
    );
  }
  const vectors = pad4(channels) / 4;
  const lanes = Math.min(vectors, 64);
  const interleave = Math.max(1, Math.floor(8 / lanes));
  const strips = Math.floor(64 / lanes / interleave) * interleave;
  const each = Math.max(perThread, Math.ceil(pixels / (strips * most)));
  const [chunk, block] = [interleave * each, strips * each];
  const tiles = Math.ceil(pixels / block);
  return {
    uniforms: [pixels, vectors, lanes, strips, interleave, chunk, block, tiles],
    vectors,
    tiles,
    workgroups: [tiles, Math.ceil(vectors / 64), images],
  };
}

/** For a pass that writes about as much as it reads. The more channels, the fewer pixels: a thread's steps stay near. */
export function forMap(gpu: Gpu, images: number, pixels: number, channels: number): Blocks {
  const most = gpu.kind === "cpu" ? 16 : 8;
  return divide(images, pixels, channels, clamp(Math.floor(512 / channels), 2, most));
}

/**
 * For the first pass of a reduction over pixels. A software adapter has few threads, so each takes many pixels; hardware
 * wants many threads. The second pass reads at most 1024 tiles.
 */
export function forSums(gpu: Gpu, images: number, pixels: number, channels: number): Blocks {
  const each = gpu.kind === "cpu" ? clamp(Math.floor(4096 / channels), 16, 64) : 16;
  return divide(images, pixels, channels, each, 1024);
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

/** N * H * W of an activation. */
export function pixelsOf(x: Tensor): number {
  return x.shape[0]! * x.shape[1]! * x.shape[2]!;
}

/** C of an activation `[N, H, W, C]`. */
export function channelsOf(x: Tensor): number {
  return x.shape[3]!;
}
