/**
 * Which tensors may share memory, from the times between which they are used.
 *
 * @module
 */
import type { Step } from "./dispatch.ts";
import { type Access, bindingAlignment, type Tensor } from "./tensor.ts";

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

/** Where a temporary tensor stands. */
export interface Place {
  /** Number of the slot, which is one buffer. */
  readonly slot: number;
  /** Bytes from the slot's start, a multiple of {@link bindingAlignment}. */
  readonly offset: number;
}

/** Sizes of the slots in bytes, and the place of each temporary tensor. */
export interface Slots {
  readonly sizes: number[];
  readonly of: Map<Tensor, Place>;
}

/** From the first to the last step that touches a temporary tensor. */
interface Life {
  readonly tensor: Tensor;
  readonly first: number;
  last: number;
  /** Temporaries that a step reads where it writes this one, or the other way round. */
  readonly beside: Set<Tensor>;
}

/** When each temporary lives; outputs live on. */
function lives(steps: readonly Step[], outputs: ReadonlySet<Tensor>): Life[] {
  const of = new Map<Tensor, Life>();
  steps.forEach((step, i) => {
    const temporaries = touched(step).filter(({ tensor }) => tensor.residence === "temp");
    for (const { tensor, access } of temporaries) {
      if (!of.has(tensor) && access === "read") {
        throw new Error(`Cannot plan step ${i}: it reads "${tensor.name}", which nothing wrote`);
      }
      const life = of.get(tensor) ?? { tensor, first: i, last: i, beside: new Set() };
      life.last = outputs.has(tensor) ? Infinity : i;
      for (const other of temporaries) {
        if ((other.access === "read") !== (access === "read")) life.beside.add(other.tensor);
      }
      of.set(tensor, life);
    }
  });
  return [...of.values()];
}

/** A buffer, and what stands where and when in it. */
class Slot {
  readonly bytes: number;
  readonly #taken: { readonly life: Life; readonly offset: number }[] = [];

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /**
   * The first offset at which a tensor is alone as long as it lives; undefined where there is none. An output stands at
   * the start, as its buffer may be handed to a teacher.
   */
  room({ tensor: { bytes }, first, last, beside }: Life): number | undefined {
    const alive = this.#taken.filter(({ life }) => first <= life.last && life.first <= last);
    // A step may not read one part of a buffer and write another.
    if (alive.some(({ life }) => beside.has(life.tensor))) return undefined;
    let offset = 0;
    for (const { offset: start, life } of alive.sort((a, b) => a.offset - b.offset)) {
      if (offset + bytes <= start) break;
      offset = Math.max(
        offset,
        Math.ceil((start + life.tensor.bytes) / bindingAlignment) * bindingAlignment,
      );
    }
    const fits = offset + bytes <= this.bytes && (offset === 0 || last !== Infinity);
    return fits ? offset : undefined;
  }

  take(life: Life, offset: number): void {
    this.#taken.push({ life, offset });
  }
}

/** Each tensor in turn to the first slot that has room for it, or to a new one; `back`: to the last. */
function fill(order: readonly Life[], back: boolean): Slots {
  const slots: Slot[] = [];
  const of = new Map<Tensor, Place>();
  for (const life of order) {
    const count = slots.length;
    let [slot, offset] = [count, 0];
    for (let k = 0; k < count; k++) {
      const at = back ? count - 1 - k : k;
      const room = slots[at]!.room(life);
      if (room === undefined) continue;
      [slot, offset] = [at, room];
      break;
    }
    if (slot === count) slots.push(new Slot(life.tensor.bytes));
    slots[slot]!.take(life, offset);
    of.set(life.tensor, { slot, offset });
  }
  return { sizes: slots.map(({ bytes }) => bytes), of };
}

function total({ sizes }: Slots): number {
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Assign temporary tensors to places in slots, large ones first and of equal ones those with the most beside them, each to
 * the smallest slot that has room for it while it lives or to the largest, whichever takes less in all (greedy by size,
 * Pisarchyk and Lee 2020). What a step reads and what it writes never share a slot.
 *
 * @throws Error when a step reads a temporary that nothing wrote
 */
export function assignSlots(steps: readonly Step[], outputs: ReadonlySet<Tensor>): Slots {
  const order = lives(steps, outputs)
    .sort((a, b) => b.tensor.bytes - a.tensor.bytes || b.beside.size - a.beside.size);
  // Slots stand by falling size.
  const [largest, smallest] = [fill(order, false), fill(order, true)];
  return total(largest) < total(smallest) ? largest : smallest;
}
