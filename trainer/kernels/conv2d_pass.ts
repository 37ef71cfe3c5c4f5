import type { Tensor } from "../gpu/tensor.ts";
import type { Epilogue } from "./conv2d_epilogue.ts";
import type { Moments } from "./moments.ts";

/** What a pass of conv2d that gives an image reads and writes, and what it makes of the sums. */
export interface PixelPass extends Epilogue {
  /** For profiles and messages. */
  readonly label: string;
  /** x, or dy. */
  readonly source: Tensor;
  readonly weight: Tensor;
  /** Where a kernel that can leaves them beside the image; see {@linkcode momentsOfParts}. */
  readonly moments?: Moments | undefined;
  /** The input gradient: the weight is read backward. */
  readonly transposed: boolean;
}
