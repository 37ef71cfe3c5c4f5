/**
 * The sizes of one convolution, checked once.
 *
 * @module
 */
import { pad4, type Tensor } from "../gpu/tensor.ts";

/** Sizes of a convolution, pixels and channels. */
export interface Geometry {
  /** N, images. */
  readonly batch: number;
  /** H, of the input. */
  readonly height: number;
  /** W, of the input. */
  readonly width: number;
  /** I, input channels. */
  readonly inputs: number;
  /** Groups of 4 that the input channels are padded to. */
  readonly inputGroups: number;
  /** O, output channels. */
  readonly outputs: number;
  /** Groups of 4 that the output channels are padded to. */
  readonly outputGroups: number;
  /** H', of the output. */
  readonly outputHeight: number;
  /** W', of the output. */
  readonly outputWidth: number;
  /** KH, 1 to 7. */
  readonly kernelHeight: number;
  /** KW, 1 to 7. */
  readonly kernelWidth: number;
  /** 1 or 2. */
  readonly stride: number;
  /** Rows of zeros above and below. */
  readonly paddingY: number;
  /** Columns of zeros at each side. */
  readonly paddingX: number;
}

/** Stride and zero padding, the latter per side: one number, or `[vertical, horizontal]`. */
export interface Placement {
  /** 1 or 2; default 1. */
  readonly stride?: number;
  /** Default 0. */
  readonly padding?: number | readonly [number, number];
}

/**
 * Sizes of the convolution of x `[N, H, W, I]` with weight `[O, I, KH, KW]` (or `[O, I]`, a 1x1 kernel).
 *
 * @throws TypeError when the shapes do not fit each other
 * @throws RangeError when kernel or stride are outside what the kernels do, or nothing is left of the image
 */
export function geometry(x: Tensor, weight: Tensor, placement: Placement = {}): Geometry {
  const { stride = 1, padding = 0 } = placement;
  const [paddingY, paddingX] = typeof padding === "number" ? [padding, padding] : padding;
  const [batch, height, width, inputs] = x.shape;
  const [outputs, weightInputs, kernelHeight = 1, kernelWidth = 1] = weight.shape;
  const what = `Cannot convolve "${x.name}" with "${weight.name}"`;
  if (x.shape.length !== 4 || (weight.shape.length !== 4 && weight.shape.length !== 2)) {
    throw new TypeError(
      `${what}: shapes are [${x.shape}] and [${weight.shape}], they must be [N,H,W,I] and [O,I,KH,KW]`,
    );
  }
  if (inputs !== weightInputs) {
    throw new TypeError(`${what}: the input has ${inputs} channels, the weight ${weightInputs}`);
  }
  if (Math.max(kernelHeight, kernelWidth) > 7 || (stride !== 1 && stride !== 2)) {
    throw new RangeError(
      `${what}: the kernel is ${kernelHeight}x${kernelWidth} with stride ${stride}, at most 7x7 and stride 1 or 2 are possible`,
    );
  }
  for (const side of [paddingY, paddingX]) {
    if (!Number.isInteger(side) || side < 0) {
      throw new RangeError(`${what}: padding is ${padding}, it must be a whole number from 0 on`);
    }
  }
  const outputHeight = Math.floor((height! + 2 * paddingY - kernelHeight) / stride) + 1;
  const outputWidth = Math.floor((width! + 2 * paddingX - kernelWidth) / stride) + 1;
  if (!(outputHeight >= 1 && outputWidth >= 1)) {
    throw new RangeError(
      `${what}: a ${kernelHeight}x${kernelWidth} kernel does not fit into ${height}x${width} with padding ${padding}`,
    );
  }
  return {
    batch: batch!,
    height: height!,
    width: width!,
    inputs: inputs!,
    inputGroups: pad4(inputs!) / 4,
    outputs: outputs!,
    outputGroups: pad4(outputs!) / 4,
    outputHeight,
    outputWidth,
    kernelHeight,
    kernelWidth,
    stride,
    paddingY,
    paddingX,
  };
}

/** Two per multiply-add, without channel padding. */
export function flops(g: Geometry): number {
  return 2 * g.batch * g.outputHeight * g.outputWidth * g.kernelHeight * g.kernelWidth * g.inputs *
    g.outputs;
}

/** A 1x1 convolution with stride 1 looks at each pixel alone: all of them may as well stand in one row. */
export function flattened(g: Geometry): Geometry {
  const alone = g.kernelHeight === 1 && g.kernelWidth === 1 && g.stride === 1 &&
    g.paddingY === 0 && g.paddingX === 0;
  if (!alone) return g;
  const width = g.batch * g.height * g.width;
  return { ...g, batch: 1, height: 1, width, outputHeight: 1, outputWidth: width };
}
