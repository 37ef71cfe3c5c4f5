/**
 * Labels for the affine-invariant loss: disparity in [0, 1] per item, and the mask of what counts. No gradient.
 *
 * @module
 */
import { type Dispatch, f32, type Graph, read, spread, type Tensor, write } from "../gpu/graph.ts";
import code from "./disparity_label.wgsl" with { type: "text" };

/** A label and its mask. */
export interface DisparityLabel {
  /** Disparity, the item's smallest 0 and largest 1; 0 where unknown and on flat items. `[N, H, W, 1]`. */
  readonly label: Tensor;
  /** 1 where the label counts, else 0. `[N, H, W, 1]`. */
  readonly mask: Tensor;
}

interface LabelKind {
  readonly mask?: Tensor;
  readonly invert: boolean;
  readonly farthest: number;
  readonly dropZero?: Tensor;
  /** Bring the valid pixels of each item to [0, 1]; the loss does not see the difference. */
  readonly minMax: boolean;
}

/**
 * Label from measured distance: `1/distance` where it is valid, min-max to [0, 1] over the valid pixels of each
 * panorama, 0 elsewhere. Valid: finite, above 0, at most `maxDistance`, and in the mask. A panorama with one
 * valid value (NaN in the released code) has label 0 there.
 *
 * @param distance metres, `[N, H, W, 1]`
 * @param options `maxDistance` in metres, default 10; `mask`, `[N, H, W, 1]` or words `[N*H*W]`, valid above 0.5
 * @throws TypeError when the shapes do not fit
 * @throws RangeError when `maxDistance` is not positive
 */
export function labelFromDistance(
  graph: Graph,
  distance: Tensor,
  { maxDistance = 10, mask, minMax = true }: {
    maxDistance?: number;
    mask?: Tensor;
    minMax?: boolean;
  } = {},
): DisparityLabel {
  if (!(maxDistance > 0)) {
    throw new RangeError(`Cannot label up to ${maxDistance} m: it must be above 0`);
  }
  const farthest = maxDistance;
  return record(graph, distance, { mask, invert: true, farthest, minMax });
}

/**
 * Label from a teacher's disparity: min-max to [0, 1] over each face, masked or not; a flat face is 0. A pixel
 * that is not finite has label 0 and does not count.
 *
 * @param disparity any unit, each item on its own, `[N, F, F, 1]`
 * @param options `mask` of the faces, `[N, F, F, 1]` or words; `dropZero`, words `[N]`: where not 0, the item's pixels with
 * label 0 (the face's farthest) do not count, as the released code's `depths > 0`; `minMax: false` leaves the disparity as
 * it is
 * @throws TypeError when the shapes do not fit
 */
export function pseudoLabel(
  graph: Graph,
  disparity: Tensor,
  { mask, dropZero, minMax = true }: {
    mask?: Tensor;
    dropZero?: Tensor;
    minMax?: boolean;
  } = {},
): DisparityLabel {
  return record(graph, disparity, { mask, invert: false, farthest: 0, dropZero, minMax });
}

function record(graph: Graph, source: Tensor, kind: LabelKind): DisparityLabel {
  const [items = 0, height = 0, width = 0, channels] = source.shape;
  const pixels = height * width;
  const { mask = source, invert, farthest, dropZero, minMax } = kind;
  const maskStride = kind.mask ? mask.bytes / 4 / (items * pixels) : 0;
  if (channels !== 1 || ![0, 1, 4].includes(maskStride)) {
    throw new TypeError(
      `Cannot label "${source.name}" of shape [${source.shape}] with a mask of shape [${mask.shape}]: ` +
        `[N,H,W,1] is needed, and a mask of the same shape or N*H*W words`,
    );
  }
  if (dropZero && dropZero.bytes !== 4 * items) {
    throw new TypeError(
      `Cannot drop zeros of ${items} items by "${dropZero.name}" of [${dropZero.shape}]: a word each is needed`,
    );
  }
  const chunk = graph.gpu.kind === "cpu" ? 16384 : 4096;
  const chunks = Math.ceil(pixels / chunk);
  const step = (
    entryPoint: string,
    bindings: Dispatch["bindings"],
    workgroups: Dispatch["workgroups"],
  ): void =>
    graph.dispatch({
      label: `disparity_label ${entryPoint}`,
      shader: { file: "disparity_label.wgsl", code, entryPoint },
      uniforms: [
        ...[items, pixels, chunk, chunks, 4, maskStride, invert ? 1 : 0],
        f32(farthest),
        dropZero ? 1 : 0,
        minMax ? 1 : 0,
      ],
      bindings,
      workgroups,
    });
  const partial = graph.temp("partial ends", [items * chunks * 2]);
  const ranges = graph.temp("ranges", [items * 2]);
  const label = graph.temp("label", source.shape);
  const counted = graph.temp("label mask", source.shape);
  step("find_ends", [read(source), read(mask), write(partial)], [chunks, items]);
  step("finish_ends", [read(partial), write(ranges)], [items]);
  const maps = [write(label), write(counted)];
  const bindings = [read(source), read(mask), read(ranges), ...maps, read(dropZero ?? ranges)];
  step("normalise", bindings, spread(items * pixels, 64));
  return { label, mask: counted };
}
