/**
 * Reverse Huber loss on metric depth, as UniFuse and BiFuse++ are trained with it.
 *
 * @module
 */
import {
  type Dispatch,
  f32,
  type Graph,
  read,
  spread,
  target,
  type Tensor,
  write,
} from "../gpu/graph.ts";
import type { ItemLoss } from "./affine_invariant_loss.ts";
import code from "./berhu_loss.wgsl" with { type: "text" };
import { workgroupSumCode } from "./workgroup_sum.ts";

/** Which of the published losses. */
export interface BerhuOptions {
  /**
   * `unifuse` (default): one threshold for the batch, a constant for the gradient. `bifusepp`: one threshold per
   * image, and the gradient goes through it to the pixel with the largest error (ties share it evenly).
   */
  readonly variant?: "unifuse" | "bifusepp";
  /** An error equal to the threshold: `linear` (default) as the loss is defined, or `zero` as released UniFuse. */
  readonly atThreshold?: "linear" | "zero";
  /** `[N, H, W, 1]` or words `[N*H*W]`, valid above 0.5; default: every pixel. */
  readonly mask?: Tensor;
}

const quietNaN = 0x7fc00000;

/**
 * Mean over the valid pixels of the batch of `e <= c ? e : (e^2 + c^2) / (2c)`, `e = |target - prediction|`,
 * `c = 0.2 max e`. Valid: target finite and above 0, and in the mask.
 *
 * Defined where the released code is not: a perfect prediction and a batch without valid pixels have loss 0 and no
 * gradient. A NaN or infinite prediction on a valid pixel makes the loss NaN, with no gradient at that pixel.
 *
 * @param prediction metres, `[N, H, W, 1]`
 * @param truth metres, `[N, H, W, 1]` or words `[N*H*W]`; no gradient
 * @returns the loss `[1]` and each image's mean `[N]`
 * @throws TypeError when the shapes do not fit together
 */
export function berhuLoss(
  graph: Graph,
  prediction: Tensor,
  truth: Tensor,
  { variant = "unifuse", atThreshold = "linear", mask }: BerhuOptions = {},
): ItemLoss {
  const [items = 0, height = 0, width = 0, channels] = prediction.shape;
  const pixels = height * width;
  const strides = [truth, mask].map((map) => map ? map.bytes / 4 / (items * pixels) : 0);
  if (channels !== 1 || strides[0] === 0 || strides.some((s) => ![0, 1, 4].includes(s))) {
    throw new TypeError(
      `Cannot compare "${prediction.name}" of shape [${prediction.shape}] with [${truth.shape}]` +
        `${mask ? ` under a mask of [${mask.shape}]` : ""}: [N,H,W,1] or N*H*W words are needed`,
    );
  }
  const chunk = graph.gpu.kind === "cpu" ? 16384 : 4096;
  const chunks = Math.ceil(pixels / chunk);
  const perItem = variant === "bifusepp";
  const step = (
    entryPoint: string,
    bindings: Dispatch["bindings"],
    workgroups: Dispatch["workgroups"],
    accumulate = false,
  ): void =>
    graph.dispatch({
      label: `berhu_loss ${entryPoint}`,
      shader: { file: "berhu_loss.wgsl", code: [code, workgroupSumCode], entryPoint },
      uniforms: [
        ...[items, pixels, chunk, chunks, ...strides],
        ...[perItem ? 1 : 0, atThreshold === "zero" ? 1 : 0],
        f32(perItem ? 1e-6 : 0),
        quietNaN,
        accumulate ? 1 : 0,
      ],
      bindings,
      workgroups,
    });
  const maps = [read(prediction), read(truth), read(mask ?? truth)];
  const partial = graph.temp("partial largest", [items * chunks]);
  const largest = graph.temp("largest errors", [items]);
  step("find_largest", [...maps, write(partial)], [chunks, items]);
  step("finish_largest", [read(partial), write(largest)], [items]);
  const partialSums = graph.temp("partial sums", [items * chunks * 4]);
  const sums = graph.temp("sums", [items * 4]);
  const itemLosses = graph.temp("berhu items", [items]);
  step("sum_errors", [...maps, read(largest), write(partialSums)], [chunks, items]);
  step("finish_items", [read(partialSums), write(sums), write(itemLosses)], [items]);
  const loss = graph.result("berhu loss", [1], [prediction]);
  const weight = graph.temp("berhu weight", [1]);
  step("finish_loss", [read(sums), write(loss), write(weight)], [1]);
  graph.backward(() => {
    const dloss = graph.gradient(loss);
    const share = dloss && graph.contribute(prediction);
    if (!share) return;
    const given = [...maps, read(largest), read(sums), read(weight), read(dloss)];
    const bindings = [...given, { tensor: share.tensor, access: target(share) }];
    step("backward", bindings, spread(items * pixels, 64), share.accumulate);
  });
  return { loss, items: itemLosses };
}
