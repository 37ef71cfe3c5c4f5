/**
 * Which tensors may share memory, from the times between which they are used.
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

/** From the first to the last step that touches a temporary tensor. */
interface Life {
  readonly tensor: Tensor;
  readonly first: number;
  last: number;
}

/** When each temporary lives; outputs live on. */
function lives(steps: readonly Step[], outputs: ReadonlySet<Tensor>): Life[] {
  const of = new Map<Tensor, Life>();
  steps.forEach((step, i) => {
    for (const { tensor, access } of touched(step)) {
      if (tensor.residence !== "temp") continue;
      const known = of.get(tensor);
      if (known) known.last = outputs.has(tensor) ? Infinity : i;
      else if (access === "read") {
        throw new Error(`Cannot plan step ${i}: it reads "${tensor.name}", which nothing wrote`);
      } else {
        of.set(tensor, { tensor, first: i, last: outputs.has(tensor) ? Infinity : i });
      }
    }
  });
  return [...of.values()];
}

/**
 * Assign temporary tensors to slots, large ones first, each to the smallest slot whose tensors live at other times
 * (greedy by size, Pisarchyk and Lee 2020). Tensors that one step touches never share a slot.
 *
 * @throws Error when a step reads a temporary that nothing wrote
 */
export function assignSlots(steps: readonly Step[], outputs: ReadonlySet<Tensor>): Slots {
  const slots: { readonly bytes: number; readonly taken: Life[] }[] = [];
  const of = new Map<Tensor, number>();
  const bySize = lives(steps, outputs).sort((a, b) => b.tensor.bytes - a.tensor.bytes);
  for (const life of bySize) {
    // Slots stand by falling size, so the last free one wastes least.
    let slot = slots.findLastIndex(({ taken }) =>
      taken.every(({ first, last }) => life.last < first || last < life.first)
    );
    if (slot < 0) slot = slots.push({ bytes: life.tensor.bytes, taken: [] }) - 1;
    slots[slot]!.taken.push(life);
    of.set(life.tensor, slot);
  }
  return { sizes: slots.map(({ bytes }) => bytes), of };
}
