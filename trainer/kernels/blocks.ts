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
  /** Threads of a workgroup that share a column of channels. */
  readonly strips: number;
  /** Pixels of a block; the last of an image may have fewer. */
  readonly block: number;
  /** Blocks of pixels of one image. */
  readonly tiles: number;
  readonly workgroups: readonly [number, number, number];
}

/** A division of the first pass of a sum over pixels, and what follows it. */
export interface Sums extends Blocks {
  /** Sums of an image that the first pass leaves: of tiles, or on software adapters of strips. */
  readonly parts: number;
  /** Entry point of a first pass that takes no text of `tile_sum.ts`. */
  readonly first: "tiles" | "tiles_alone";
  /** Entry point of the second pass, and its workgroups along x: one vec4 of channels a workgroup, or a thread. */
  readonly second: {
    readonly entryPoint: "finish" | "finish_alone";
    readonly workgroups: readonly [number];
  };
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
    strips,
    block,
    tiles,
    workgroups: [tiles, Math.ceil(vectors / 64), images],
  };
}

/** For a pass that writes about as much as it reads. The more channels, the fewer pixels: a thread's steps stay near. */
export function forMap(gpu: Gpu, images: number, pixels: number, channels: number): Blocks {
  const most = gpu.kind === "cpu" ? 16 : 8;
  return divide(images, pixels, channels, clamp(Math.floor(512 / channels), 2, most));
}

/** Most tiles that a second pass reads with one workgroup for each vec4 of channels. */
export const mostTiles = 1024;

/**
 * For the first pass of a reduction over pixels. A software adapter has few threads, so each takes many pixels and leaves a sum
 * of its own, without barriers; hardware wants many threads. The second pass reads at most 1024 tiles, on a
 * software adapter 1023 with 64 strips each: llvmpipe ends a loop after 65 535 rounds.
 */
export function forSums(gpu: Gpu, images: number, pixels: number, channels: number): Sums {
  if (gpu.kind === "gpu") {
    const over = divide(images, pixels, channels, 16, mostTiles);
    const { tiles: parts, vectors } = over;
    const second = { entryPoint: "finish", workgroups: [vectors] } as const;
    return { ...over, parts, first: "tiles", second };
  }
  const each = clamp(Math.floor(16384 / channels), 32, 256);
  const over = divide(images, pixels, channels, each, 1023);
  const { tiles, strips, vectors } = over;
  const second = { entryPoint: "finish_alone", workgroups: [Math.ceil(vectors / 8)] } as const;
  return { ...over, parts: tiles * strips, first: "tiles_alone", second };
}

/** For a second pass alone, after a kernel that has divided the pixels of one image its own way: `block` to a tile. */
export function dividedBefore(
  pixels: number,
  channels: number,
  block: number,
): Pick<Sums, "uniforms" | "second"> {
  const vectors = pad4(channels) / 4;
  const [lanes, strips, interleave, chunk] = [1, 1, 1, block]; // which that pass does not look at
  const tiles = Math.ceil(pixels / block);
  return {
    uniforms: [pixels, vectors, lanes, strips, interleave, chunk, block, tiles],
    second: { entryPoint: "finish", workgroups: [vectors] },
  };
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
