/**
 * Which tensors may share memory: a greedy walk over the recorded steps.
 *
 * @module
 */
import type { Step } from "./dispatch.ts";
import type { Access, Tensor } from "./tensor.ts";

/** What a step touches, views resolved to the tensors they look into. */
export function touched(step: Step): { tensor: Tensor; access: Access }[] {
  if ("clear" in step) {
    return [{
      tensor: step.clear.base ?? step.clear,
      access: step.clear.base ? "readwrite" : "write",
    }];
  }
  return step.dispatch.bindings.map(({ tensor, access }) => ({
    tensor: tensor.base ?? tensor,
    access: tensor.base && access === "write" && tensor.bytes !== tensor.base.bytes
      ? "readwrite"
      : access,
  }));
}

/** Sizes of the slots, and the slot of each temporary tensor. */
export interface Slots {
  readonly sizes: number[];
  readonly of: Map<Tensor, number>;
}

/**
 * Assign temporary tensors to slots. A slot is free again after the last step that touches its tensor; outputs
 * keep theirs. A step's inputs are never freed before its outputs are placed, so the two never share a buffer.
 *
 * @throws Error when a step reads a temporary that nothing wrote
 */
export function assignSlots(steps: readonly Step[], outputs: ReadonlySet<Tensor>): Slots {
  const last = new Map<Tensor, number>();
  steps.forEach((step, i) => {
    for (const { tensor } of touched(step)) last.set(tensor, i);
  });
  const sizes: number[] = [];
  const of = new Map<Tensor, number>();
  const free: number[] = [];
  steps.forEach((step, i) => {
    const temps = touched(step).filter(({ tensor }) => tensor.residence === "temp");
    for (const { tensor, access } of temps) {
      if (of.has(tensor)) continue;
      if (access === "read") {
        throw new Error(`Cannot plan step ${i}: it reads "${tensor.name}", which nothing wrote`);
      }
      of.set(tensor, take(tensor.bytes, sizes, free));
    }
    for (const tensor of new Set(temps.map((temp) => temp.tensor))) {
      if (last.get(tensor) === i && !outputs.has(tensor)) free.push(of.get(tensor)!);
    }
  });
  return { sizes, of };
}

/** The free slot that fits with the least waste; else the largest one, grown; else a new one. */
function take(bytes: number, sizes: number[], free: number[]): number {
  let best = -1;
  for (let k = 0; k < free.length; k++) {
    const size = sizes[free[k]!]!;
    const current = best < 0 ? -1 : sizes[free[best]!]!;
    if (best < 0 || (size >= bytes ? current < bytes || size < current : size > current)) best = k;
  }
  if (best < 0) return sizes.push(bytes) - 1;
  const slot = free.splice(best, 1)[0]!;
  sizes[slot] = Math.max(sizes[slot]!, bytes);
  return slot;
}
