/**
 * Affine-invariant loss: scale and shift of prediction and target are removed before they are compared
 * (paper eqs. 5-7; Ranftl et al. 2020). The median is found on the GPU, nothing is read back.
 *
 * @module
 */
import { type Graph, read, spread, target, type Tensor, type Word, write } from "../gpu/graph.ts";
import { workgroupSumCode } from "./workgroup_sum.ts";
import code from "./affine_invariant_loss.wgsl" with { type: "text" };

/** What to average over. */
export interface AffineInvariantLossOptions {
  /**
   * `item` (default): each panorama or face with a valid pixel counts the same (paper eq. 4);
   * `pixels`: each valid pixel of the batch counts the same (released code).
   */
  readonly mean?: "item" | "pixels";
  /**
   * `[2]` of `countValid()`: the loss is then the share of these items in the mean over a larger batch, and the losses of
   * its parts add up to it. Default: the items are the batch.
   */
  readonly whole?: Tensor;
}

/** A loss and its parts. */
export interface ItemLoss {
  /** `[1]`; 0 when nothing is valid. */
  readonly loss: Tensor;
  /** `[N]`, the mean over each item's valid pixels; 0 where there are none. */
  readonly items: Tensor;
}

const bins = 2048;
const quietNaN = 0x7fc00000;

/** Digits of the radix select, from the top of a 32-bit key. */
const digits = [{ shift: 21, mask: 2047 }, { shift: 10, mask: 2047 }, { shift: 0, mask: 1023 }];

/** Words between two pixels of a map: 1 for plain words, 4 for an activation with one channel. */
function stride(map: Tensor, pixels: number): number {
  const words = map.bytes / 4;
  if (words === pixels) return 1;
  if (words === 4 * pixels) return 4;
  throw new TypeError(
    `Cannot compare with "${map.name}" of shape [${map.shape}]: [N,H,W,1] or ${pixels} words are needed`,
  );
}

/**
 * For each item b with valid pixels M: `x^ = (x - median) / mean|x - median|` over M, for prediction and target,
 * then the mean of `|p^ - g^|`. The median is the lower one; its gradient goes to the pixel that holds it, ties
 * share it evenly (as in the released code).
 *
 * Defined where the released code is not: a flat map (scale 0, or below the smallest normal number) has a hat of 0
 * everywhere and gets no gradient, so a flat prediction scores exactly 1; an item without valid pixels counts
 * nothing, and a batch without any has loss 0. A NaN or infinite target takes its pixel out of the mask. A NaN or
 * infinite prediction outside the mask does not matter; inside, it makes the loss NaN (never silently), with zero
 * gradient for its item, so that the optimiser skips and the run can name the tensor.
 *
 * @param prediction `[N, H, W, 1]`, any unit; each of the N images (panoramas or faces) is an item
 * @param truth `[N, H, W, 1]` or words `[N*H*W]`; no gradient
 * @param mask `[N, H, W, 1]` or words `[N*H*W]`; valid where above 0.5
 * @throws TypeError when the shapes do not fit together
 */
export function affineInvariantLoss(
  graph: Graph,
  prediction: Tensor,
  truth: Tensor,
  mask: Tensor,
  { mean = "item", whole }: AffineInvariantLossOptions = {},
): ItemLoss {
  const [items, height, width, channels] = prediction.shape as [number, number, number, number];
  if (prediction.shape.length !== 4 || channels !== 1) {
    throw new TypeError(
      `Cannot compare "${prediction.name}" of shape [${prediction.shape}]: [N,H,W,1] is needed`,
    );
  }
  const pixels = height * width;
  const row = Math.ceil(pixels / 4) * 4;
  const chunk = graph.gpu.kind === "cpu" ? 16384 : 4096;
  const chunks = Math.ceil(row / chunk);
  const strides = [stride(truth, items * pixels), stride(mask, items * pixels)] as const;

  const step = (
    entryPoint: string,
    bindings: Parameters<Graph["dispatch"]>[0]["bindings"],
    workgroups: readonly [number, number?, number?],
    { shift = 0, digitMask = 0, first = false, accumulate = false } = {},
  ): void => {
    const uniforms: Word[] = [items, pixels, row, chunk, chunks, ...strides];
    uniforms.push(mean === "item" ? 1 : 0, shift, digitMask, first ? 1 : 0, accumulate ? 1 : 0);
    uniforms.push(quietNaN, whole ? 1 : 0);
    graph.dispatch({
      label: `affine_invariant_loss ${entryPoint}`,
      shader: { file: "affine_invariant_loss.wgsl", code: [code, workgroupSumCode], entryPoint },
      uniforms,
      bindings,
      workgroups,
    });
  };

  const keys = graph.temp("keys", [2 * items * row]);
  step(
    "sort_keys",
    [read(prediction), read(truth), read(mask), write(keys)],
    spread(
      items * row / 4,
      64,
    ),
  );
  const rows = graph.temp("rows", [2 * items * 6]);
  const histogram = graph.temp("histogram", [2 * items * bins]);
  graph.clear(rows);
  graph.clear(histogram);
  digits.forEach(({ shift, mask: digitMask }, i) => {
    const digit = { shift, digitMask, first: i === 0 };
    const counted = { tensor: histogram, access: "readwrite" } as const;
    step("count_digits", [read(keys), read(rows), counted], [chunks, 2 * items], digit);
    step("select_digit", [counted, { tensor: rows, access: "readwrite" }], [2 * items], digit);
  });
  const deviations = graph.temp("deviations", [2 * items * chunks * 4]);
  step("sum_deviations", [read(keys), read(rows), write(deviations)], [chunks, 2 * items]);
  step("finish_scales", [read(deviations), { tensor: rows, access: "readwrite" }], [2 * items]);
  const differences = graph.temp("differences", [items * chunks * 4]);
  step("sum_differences", [read(keys), read(rows), write(differences)], [chunks, items]);
  const sums = graph.temp("sums", [items * 5]);
  step("finish_items", [read(differences), write(sums)], [items]);
  const itemLosses = graph.temp("affine invariant items", [items]);
  const loss = graph.result("affine invariant loss", [1], [prediction]);
  step("finish_loss", [
    read(rows),
    { tensor: sums, access: "readwrite" },
    write(itemLosses),
    write(loss),
    read(whole ?? rows),
  ], [1]);

  graph.backward(() => {
    const dloss = graph.gradient(loss);
    const share = dloss && graph.contribute(prediction);
    if (!share) return;
    step(
      "backward",
      [read(keys), read(rows), read(sums), read(dloss), {
        tensor: share.tensor,
        access: target(share),
      }],
      spread(items * row / 4, 64),
      { accumulate: share.accumulate },
    );
  });
  return { loss, items: itemLosses };
}
