import type { Contribution, Tensor } from "../gpu/tensor.ts";
import type { Moments } from "./moments.ts";
import type { Activation } from "./conv2d_activation.ts";

/** What a pass of conv2d that gives an image reads and writes, and what it makes of the sums. */
export interface PixelPass {
  /** For profiles and messages. */
  readonly label: string;
  /** x, or dy. */
  readonly source: Tensor;
  readonly weight: Tensor;
  readonly bias?: Tensor | undefined;
  readonly activation?: Activation | undefined;
  /** y, or dx. */
  readonly to: Contribution;
  /** Where a kernel that can leaves them beside the image; see {@linkcode momentsOfParts}. */
  readonly moments?: Moments | undefined;
  /** The input gradient: the weight is read backward. */
  readonly transposed: boolean;
}
