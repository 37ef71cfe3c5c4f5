/**
 * Relative error after alignment: what a network loses by the measures that it is judged by (δ1, AbsRel), made
 * differentiable. The embedded teacher is trained by it; the paper's own loss is `affine_invariant_loss.ts`.
 *
 * @module
 */
import {
  type Dispatch,
  type Graph,
  read,
  spread,
  target,
  type Tensor,
  write,
} from "../gpu/graph.ts";
import type { ItemLoss } from "./affine_invariant_loss.ts";
import code from "./aligned_loss.wgsl" with { type: "text" };
import { workgroupSumCode } from "./workgroup_sum.ts";

/** How a prediction is brought to its target: by one factor, or by least squares. */
export type LossAlignment = "scale" | "affine";

const quietNaN = 0x7fc00000;

/**
 * The mean of `|r| / (1 + |r|)` over each item's valid pixels, then over the items. r is an item's relative error after
 * it is aligned:
 *
 * - `scale`: `ln p - ln t - mean(ln p - ln t)`, where the target is above 0 (Eigen et al. 2014 without its square);
 * - `affine`: `(a p + b - t) / (t + 0.05 mean t)`, a and b by least squares; a target of 0 (the sky's disparity) counts.
 *
 * An item without a valid pixel, or with targets of mean 0, counts nothing; a batch without any has loss 0. A flat
 * prediction is fitted by the mean and gets no gradient under `affine`. A NaN or infinite target takes its pixel out
 * of the mask; such a prediction inside the mask makes the loss NaN, with no gradient for its item.
 *
 * @param prediction disparity up to scale (and shift), above 0 for `scale`, `[N, H, W, 1]`
 * @param truth disparity, not below 0, `[N, H, W, 1]` or words `[N*H*W]`; no gradient
 * @param mask `[N, H, W, 1]` or words `[N*H*W]`; valid where above 0.5
 * @throws TypeError when the shapes do not fit together
 */
export function alignedLoss(
  graph: Graph,
  prediction: Tensor,
  truth: Tensor,
  mask: Tensor,
  alignment: LossAlignment,
): ItemLoss {
  const [items = 0, height = 0, width = 0, channels] = prediction.shape;
  const pixels = height * width;
  const strides = [truth, mask].map((map) => map.bytes / 4 / (items * pixels));
  if (channels !== 1 || strides.some((s) => s !== 1 && s !== 4)) {
    throw new TypeError(
      `Cannot compare "${prediction.name}" of shape [${prediction.shape}] with [${truth.shape}] ` +
        `under a mask of [${mask.shape}]: [N,H,W,1] or N*H*W words are needed`,
    );
  }
  const step = (
    entryPoint: string,
    bindings: Dispatch["bindings"],
    workgroups: Dispatch["workgroups"],
    accumulate = false,
  ): void =>
    graph.dispatch({
      label: `aligned_loss ${entryPoint} ${alignment}`,
      shader: { file: "aligned_loss.wgsl", code: [code, workgroupSumCode], entryPoint },
      uniforms: [
        ...[items, pixels, ...strides, alignment === "affine" ? 1 : 0],
        ...[accumulate ? 1 : 0, quietNaN],
      ],
      bindings,
      workgroups,
    });
  const maps = [read(prediction), read(truth), read(mask)];
  const rows = graph.temp("aligned rows", [items * 9]);
  step("align", [...maps, write(rows)], [items]);
  const itemLosses = graph.temp("aligned items", [items]);
  const loss = graph.result("aligned loss", [1], [prediction]);
  const weight = graph.temp("aligned weight", [1]);
  step("finish", [read(rows), write(itemLosses), write(loss), write(weight)], [1]);
  graph.backward(() => {
    const dloss = graph.gradient(loss);
    const share = dloss && graph.contribute(prediction);
    if (!share) return;
    const given = [...maps, read(rows), read(weight), read(dloss)];
    const bindings = [...given, { tensor: share.tensor, access: target(share) }];
    step("backward", bindings, spread(items * pixels, 64), share.accumulate);
  });
  return { loss, items: itemLosses };
}
