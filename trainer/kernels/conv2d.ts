import type { Graph, Tensor } from "../gpu/graph.ts";
import { type Activation, dispatchActivationGradient } from "./conv2d_activation.ts";
import { choosePixelVariant, chooseWeightVariant } from "./conv2d_choice.ts";
import { checkBias } from "./conv2d_epilogue.ts";
import { flattened, type Geometry, geometry, type Placement } from "./conv2d_geometry.ts";
import { dispatchImage } from "./conv2d_pixels.ts";
import { tilePixels } from "./conv2d_tile_choice.ts";
import { type Moments, momentsOfParts } from "./moments.ts";
import type { PixelVariant, WeightVariant } from "./conv2d_variants.ts";
import { dispatchBiasGradient, dispatchWeightGradient } from "./conv2d_weight.ts";

/** Kernels to use in place of those that conv2d_choice.ts chooses. */
export interface Conv2dVariants {
  /** y. */
  readonly forward?: PixelVariant;
  /** dx. */
  readonly inputGradient?: PixelVariant;
  /** dw. */
  readonly weightGradient?: WeightVariant;
}

/** How to convolve. */
export interface Conv2dOptions extends Placement {
  /** `[O]`, added to every pixel. */
  readonly bias?: Tensor | undefined;
  /** Of the sums, as they are written; none unless said here. */
  readonly activation?: Activation | undefined;
  /** For tests and measurements. */
  readonly variants?: Conv2dVariants;
}

/**
 * Convolution with zero padding (cross-correlation, as in PyTorch), then bias and activation.
 *
 * x `[N, H, W, I]`, weight `[O, I, KH, KW]` with sides 1 to 7, stride 1 or 2 -> `[N, H', W', O]` with
 * `H' = floor((H + 2 padding - KH) / stride) + 1`. Sums are taken in a fixed order: the same run gives the same bits.
 *
 * @throws TypeError when the shapes do not fit each other
 * @throws RangeError when kernel, stride or padding are not possible
 */
export function conv2d(
  graph: Graph,
  x: Tensor,
  weight: Tensor,
  options: Conv2dOptions = {},
): Tensor {
  return convolve(graph, x, weight, options, false).y;
}

/** An image, and its moments where the kernel that made it could leave them. */
export interface WithMoments {
  /** `[N, H', W', O]`. */
  readonly y: Tensor;
  /** Of y, for `batchNorm()`; undefined where the kernel leaves none. */
  readonly moments: Moments | undefined;
}

/**
 * {@linkcode conv2d} for a batch norm that takes the batch's statistics: a kernel that can leaves the moments of what it
 * writes, so that nobody has to read y for them. Direct tiles on GPUs can; on a software adapter, whose kernels cannot, that
 * pass over y is some hundredth of a training step.
 */
export function conv2dWithMoments(
  graph: Graph,
  x: Tensor,
  weight: Tensor,
  options: Conv2dOptions = {},
): WithMoments {
  return convolve(graph, x, weight, options, true);
}

function convolve(
  graph: Graph,
  x: Tensor,
  weight: Tensor,
  options: Conv2dOptions,
  wanted: boolean,
): WithMoments {
  const { bias, activation, variants = {} } = options;
  const g = geometry(x, weight, options);
  checkBias(bias, g.outputs);
  const shape = [g.batch, g.outputHeight, g.outputWidth, g.outputs];
  const y = graph.result(weight.name, shape, bias ? [x, weight, bias] : [x, weight]);
  const flat = flattened(g);
  const forward = variants.forward ?? choosePixelVariant(graph.gpu, flat, false);
  const moments = wanted && forward.kind === "tiles"
    ? momentsOfParts(graph, y, tilePixels(forward))
    : undefined;
  dispatchImage(graph, flat, forward, {
    label: `conv2d forward ${weight.name}`,
    source: x,
    weight,
    bias,
    activation,
    to: { tensor: y, accumulate: false },
    moments,
    transposed: false,
  });
  graph.backward(() => {
    const dz = activation
      ? dispatchActivationGradient(graph, weight.name, activation, { y, bias })
      : graph.gradient(y);
    if (!dz) return;
    const db = activation ? undefined : bias && graph.contribute(bias);
    if (db) dispatchBiasGradient(graph, dz, bias!, db);
    differentiate(graph, g, { x, weight, dz }, variants);
  });
  return { y, moments };
}

function differentiate(
  graph: Graph,
  g: Geometry,
  { x, weight, dz }: { x: Tensor; weight: Tensor; dz: Tensor },
  variants: Conv2dVariants,
): void {
  const dw = graph.contribute(weight);
  if (dw) {
    const variant = variants.weightGradient ?? chooseWeightVariant(graph.gpu, g);
    dispatchWeightGradient(graph, g, variant, { x, dy: dz, weight, dw });
  }
  const dx = graph.contribute(x);
  if (dx) {
    const flat = flattened(g);
    const variant = variants.inputGradient ?? choosePixelVariant(graph.gpu, flat, true);
    dispatchImage(graph, flat, variant, {
      label: `conv2d input gradient ${weight.name}`,
      source: dz,
      weight,
      to: dx,
      transposed: true,
    });
  }
}
