/**
 * What an op puts down: dispatches of compute shaders.
 *
 * @module
 */
import type { Shader } from "./shader.ts";
import type { Binding, Tensor } from "./tensor.ts";

/** A word of a uniform: a whole number is a `u32`, `f32(x)` a float. */
export type Word = number | { readonly f32: number };

/** A float in a uniform. */
export function f32(x: number): Word {
  return { f32: x };
}

/** A uniform's words as they lie in its buffer, padded to the 16 bytes that a struct is a multiple of. */
export function uniformWords(words: readonly Word[]): Uint32Array<ArrayBuffer> {
  const padded = new Uint32Array(Math.ceil(words.length / 4) * 4);
  const floats = new Float32Array(padded.buffer);
  for (const [i, word] of words.entries()) {
    if (typeof word === "number") padded[i] = word;
    else floats[i] = word.f32;
  }
  return padded;
}

/** One dispatch of one entry point. */
export interface Dispatch {
  /** For profiles and messages: `conv2d forward equi_encoder.conv1.weight`. */
  readonly label: string;
  /** What runs. */
  readonly shader: Shader;
  /** Members of the struct at `@binding(0)`, in order; the binding is left out when there are none. */
  readonly uniforms?: readonly Word[];
  /** `@binding(1)`, `@binding(2)`, … in order. */
  readonly bindings: readonly Binding[];
  /** Workgroups along x, y and z, each at most 65 535. */
  readonly workgroups: readonly [number, number?, number?];
  /** Cheap, and all it writes follows from what it reads: may run again to save memory, see `recompute.ts`. */
  readonly repeatable?: boolean;
  /** Two per multiply-add of what is computed, by its definition; decides where a step is split into submits. */
  readonly flops?: number;
  /** Two per multiply-add that is done for it, where that is another number: Winograd's products are fewer. */
  readonly executed?: number;
  /** Bytes that are moved at least, where not all of each bound tensor is. */
  readonly traffic?: number;
}

/** Where in a training step something was recorded; `update` is what comes after the gradients. */
export type Phase = "forward" | "backward" | "update";

/** A recorded step: a dispatch, or a buffer to be zeroed. */
export type Step =
  & { readonly phase: Phase }
  & ({ readonly dispatch: Dispatch } | { readonly clear: Tensor });

/**
 * Workgroups for `threads` threads in one dimension, laid over x and y as a dimension ends at 65 535. The index in
 * WGSL is `id.x + id.y * num_workgroups.x * workgroup_size`.
 */
export function spread(threads: number, workgroupSize: number): [number, number, number] {
  const groups = Math.max(1, Math.ceil(threads / workgroupSize));
  const x = Math.min(groups, 65535);
  return [x, Math.ceil(groups / x), 1];
}
