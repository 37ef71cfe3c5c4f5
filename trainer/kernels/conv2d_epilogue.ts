/**
 * What a convolution makes of its sums as it writes them, so that no pass of its own reads and writes them again:
 * y = activation((sum + offset) * scale + shift + residual), or the sums are added to what is there. All but the residual is told in
 * uniforms, as a pipeline for each would take longer to compile than it is worth.
 *
 * @module
 */
import { type Binding, read, target, type Tensor } from "../gpu/graph.ts";
import type { NamedText } from "../gpu/shader_error.ts";
import type { Contribution } from "../gpu/tensor.ts";
import { type Activation, activationCode, activationNumber } from "./conv2d_activation.ts";
import text from "./conv2d_epilogue.wgsl" with { type: "text" };

/** See the module's text. */
export interface Epilogue {
  /** `[O]`: the offset alone. */
  readonly bias?: Tensor | undefined;
  /** `[O / 4, (offset, scale, shift)]` vec4, as conv2d_norm.wgsl writes them; in place of a bias. */
  readonly norm?: Tensor | undefined;
  /** Added before the activation; of the shape of what is written, which is not accumulated then. */
  readonly residual?: Tensor | undefined;
  readonly activation?: Activation | undefined;
  /** y, or dx. */
  readonly to: Contribution;
}

/**
 * The WGSL of it. A kernel has {@linkcode epilogueConstants}, {@linkcode epilogueWords} in its `Dims`, and its own tensors around
 * the bindings 2 to 4.
 */
export const epilogueCode: readonly NamedText[] = [
  activationCode,
  { file: "conv2d_epilogue.wgsl", text },
];

/** Where {@linkcode epilogueWords} begin, with the activation, in the uniforms of the kernels. */
export const activationAt = {
  "conv2d.wgsl": 12,
  "conv2d_channels.wgsl": 12,
  "conv2d_tiles.wgsl": 12,
  "conv2d_winograd_image.wgsl": 8,
} as const;

/** What a kernel is compiled with. */
export function epilogueConstants({ residual }: Pick<Epilogue, "residual">) {
  return { RESIDUAL: residual !== undefined };
}

/** `activation`, `affine` and `accumulate` of a kernel's `Dims`. */
export function epilogueWords({ bias, norm, activation, to }: Epilogue): number[] {
  return [activationNumber(activation), norm ? 3 : bias ? 1 : 0, Number(to.accumulate)];
}

/** Bindings 2, 3 and 4. `placeholder`: of the store or scratch, f32, bound where there is nothing to read. */
export function epilogueBindings(
  { bias, norm, residual, to }: Epilogue,
  placeholder: Tensor,
): Binding[] {
  return [
    read(norm ?? bias ?? placeholder),
    { tensor: to.tensor, access: target(to) },
    read(residual ?? placeholder),
  ];
}

/** @throws TypeError when a bias is not one number for each of `channels` */
export function checkBias(bias: Tensor | undefined, channels: number): void {
  if (bias && `${bias.shape}` !== `${channels}`) {
    throw new TypeError(
      `Cannot add bias "${bias.name}" to ${channels} channels: its shape is [${bias.shape}]`,
    );
  }
}
