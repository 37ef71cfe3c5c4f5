/**
 * The total loss: scalars times their weights.
 *
 * @module
 */
import { f32, type Graph, read, target, type Tensor } from "../gpu/graph.ts";
import code from "./weighted_sum.wgsl" with { type: "text" };

/** A term of a total loss. */
export interface WeightedLoss {
  /** `[1]`. */
  readonly loss: Tensor;
  /** Any finite number; a term of weight 0 is left out, even if it is NaN. */
  readonly weight: number;
}

/**
 * `sum weight * loss`, `[1]`. Differentiable.
 *
 * @throws RangeError when a weight is not finite or every weight is 0
 * @throws TypeError when a loss is no scalar
 */
export function weightedSum(graph: Graph, terms: readonly WeightedLoss[]): Tensor {
  for (const { loss, weight } of terms) {
    if (loss.bytes !== 4) {
      throw new TypeError(`Cannot sum "${loss.name}" of shape [${loss.shape}]: [1] is needed`);
    }
    if (!Number.isFinite(weight)) {
      throw new RangeError(`Cannot weight "${loss.name}" by ${weight}: it must be finite`);
    }
  }
  const counted = terms.filter(({ weight }) => weight !== 0);
  if (counted.length === 0) {
    throw new RangeError(`Cannot sum ${terms.length} losses: one with a weight is needed`);
  }
  const sum = graph.result("weighted sum", [1], counted.map(({ loss }) => loss));
  const add = (from: Tensor, weight: number, to: Tensor, accumulate: boolean): void =>
    graph.dispatch({
      label: "weighted_sum",
      shader: { file: "weighted_sum.wgsl", code, entryPoint: "add_term" },
      uniforms: [f32(weight), accumulate ? 1 : 0],
      bindings: [read(from), { tensor: to, access: target({ accumulate }) }],
      workgroups: [1],
    });
  counted.forEach(({ loss, weight }, i) => add(loss, weight, sum, i > 0));
  graph.backward(() => {
    const dsum = graph.gradient(sum);
    if (!dsum) return;
    for (const { loss, weight } of counted) {
      const share = graph.contribute(loss);
      if (share) add(dsum, weight, share.tensor, share.accumulate);
    }
  });
  return sum;
}
