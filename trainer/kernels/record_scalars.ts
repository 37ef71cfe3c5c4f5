/**
 * A ring of scalars that stays on the GPU: one row per step, read back every few steps.
 *
 * @module
 */
import { type Graph, read, type Tensor } from "../gpu/graph.ts";
import code from "./record_scalars.wgsl" with { type: "text" };

/** A recorded ring. */
export interface ScalarRing {
  /** `[rows * columns]`, row-major; the columns are the scalars in order. Read it with `plan.read()`. */
  readonly ring: Tensor;
  /** `[1]`, a `u32` to be written before every run: the row is `slot % rows`. */
  readonly slot: Tensor;
}

const perDispatch = 6; // 8 storage buffers are guaranteed; the ring and the slot take two

/**
 * Keep the first word of each tensor in a ring.
 *
 * @param rows steps that the ring remembers
 * @param scalars `[1]` each; the first word counts
 * @throws RangeError without scalars or rows
 */
export function recordScalars(
  graph: Graph,
  rows: number,
  scalars: readonly Tensor[],
): ScalarRing {
  if (scalars.length === 0 || !(rows >= 1)) {
    throw new RangeError(
      `Cannot record ${scalars.length} scalars in ${rows} rows: at least one of each is needed`,
    );
  }
  const columns = scalars.length;
  const ring = graph.output(graph.persistent("scalar ring", [rows * columns]));
  const slot = graph.input("scalar slot", [1]);
  for (let first = 0; first < columns; first += perDispatch) {
    const count = Math.min(perDispatch, columns - first);
    const bound = Array.from(
      { length: perDispatch },
      (_, i) => read(scalars[first + Math.min(i, count - 1)]!),
    );
    graph.dispatch({
      label: "record_scalars",
      shader: { file: "record_scalars.wgsl", code, entryPoint: "record" },
      uniforms: [rows, columns, first, count],
      bindings: [read(slot), { tensor: ring, access: "readwrite" }, ...bound],
      workgroups: [1],
    });
  }
  return { ring, slot };
}
