/**
 * What a convolution leaves beside its output so that a batch norm need not read that for its statistics.
 *
 * @module
 */
import { type Graph, pad4, type Tensor } from "../gpu/graph.ts";
import { channelsOf, pixelsOf } from "./blocks.ts";

/** Mean and sum of squared deviations (m2) of each channel over runs of pixels, the parts. */
export interface Moments {
  /** What they are of, `[N, H, W, C]`. */
  readonly of: Tensor;
  /** `[parts, (mean, m2), vectors]` vec4, as conv2d_moments.wgsl writes and batch_norm_statistics.wgsl reads them. */
  readonly partials: Tensor;
  /** How many there are. */
  readonly parts: number;
  /** Pixels of a part; the last may have fewer. */
  readonly size: number;
}

/** Room for the moments of x in parts of `size` pixels. */
export function momentsOfParts(graph: Graph, x: Tensor, size: number): Moments {
  const parts = Math.ceil(pixelsOf(x) / size);
  const partials = graph.temp(`${x.name} moments`, [parts * 2 * pad4(channelsOf(x))]);
  return { of: x, partials, parts, size };
}
