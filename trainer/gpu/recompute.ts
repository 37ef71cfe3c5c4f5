/**
 * Memory for time: what is cheap to compute is dropped after the forward pass and computed again where the backward
 * pass reads it (Chen et al. 2016, with the cheap ops in place of segments). Results stay equal to the bit.
 *
 * @module
 */
import type { Dispatch, Step } from "./dispatch.ts";
import { touched } from "./liveness.ts";
import type { Binding, Tensor } from "./tensor.ts";

/** Steps after its last use for which a tensor that was computed again is kept for the next one. */
const near = 24;

function root(tensor: Tensor): Tensor {
  return tensor.base ?? tensor;
}

/** The same binding of another tensor of the same form. */
function replaced(binding: Binding, root: Tensor): Binding {
  const { tensor } = binding;
  return { ...binding, tensor: tensor.base ? { ...tensor, base: root } : root };
}

/**
 * Temporaries of the forward pass that may be computed again, with the dispatches that make them: all of them
 * repeatable, each writes whole temporaries and nothing else, and nobody touches the tensor's words afterwards.
 */
function renewable(
  steps: readonly Step[],
  outputs: ReadonlySet<Tensor>,
): Map<Tensor, Dispatch[]> {
  const makers = new Map<Tensor, Dispatch[]>();
  const spoiled = new Set<Tensor>(outputs);
  steps.forEach((step) => {
    const written = touched(step).filter(({ access }) => access !== "read");
    const whole = written.length === 1 || written.every(({ access }) => access === "write");
    const temporary = written.every(({ tensor }) => tensor.residence === "temp");
    for (const { tensor } of written) {
      const repeatable = "dispatch" in step && step.dispatch.repeatable === true;
      if (!repeatable || !whole || !temporary || step.phase !== "forward") spoiled.add(tensor);
      else makers.set(tensor, [...makers.get(tensor) ?? [], step.dispatch]);
    }
  });
  for (const tensor of spoiled) makers.delete(tensor);
  return makers;
}

/**
 * The same steps, with copies of repeatable dispatches in the backward pass.
 *
 * @param outputs tensors that are read after a run: they are kept
 */
export function recompute(steps: readonly Step[], outputs: ReadonlySet<Tensor>): Step[] {
  const makers = renewable(steps, outputs);
  const copies = new Map<Tensor, { readonly tensor: Tensor; used: number }>();
  const made: Step[] = [];

  /** What to bind in place of a tensor of the forward pass. */
  const current = (tensor: Tensor): Tensor => {
    if (!makers.has(root(tensor))) return tensor;
    const copy = copyOf(root(tensor));
    return tensor.base ? { ...tensor, base: copy } : copy;
  };
  const bound = (dispatch: Dispatch): Step => ({
    phase: "backward",
    dispatch: {
      ...dispatch,
      bindings: dispatch.bindings.map((binding): Binding =>
        binding.access === "read" ? { ...binding, tensor: current(binding.tensor) } : binding
      ),
    },
  });
  const copyOf = (tensor: Tensor): Tensor => {
    const known = copies.get(tensor);
    if (known && made.length - known.used <= near) {
      known.used = made.length;
      return known.tensor;
    }
    const copy = { ...tensor };
    for (const maker of makers.get(tensor)!) {
      const own = maker.bindings.map((binding) => {
        const of = root(binding.tensor);
        if (of === tensor) return replaced(binding, copy);
        // What else it writes goes where nobody reads it: a pass that does has a copy of its own.
        return binding.access === "read" ? binding : replaced(binding, { ...of });
      });
      made.push(bound({ ...maker, label: `${maker.label} again`, bindings: own }));
    }
    copies.set(tensor, { tensor: copy, used: made.length });
    return copy;
  };

  for (const step of steps) {
    const reads = step.phase === "backward" && "dispatch" in step;
    made.push(reads ? bound(step.dispatch) : step);
  }
  return made;
}
