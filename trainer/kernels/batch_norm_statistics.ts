import { type Graph, pad4, read, type Tensor, write } from "../gpu/graph.ts";
import type { Shader } from "../gpu/shader.ts";
import {
  blocksCode,
  channelsOf,
  divide,
  dividedBefore,
  forSums,
  pixelsOf,
  type Sums,
} from "./blocks.ts";
import code from "./batch_norm_statistics.wgsl" with { type: "text" };

/** Mean and sum of squared deviations (m2) of each channel over runs of pixels, the parts. */
export interface Moments {
  /** `[parts, (mean, m2), vectors]` vec4. */
  readonly partials: Tensor;
  /** How many there are. */
  readonly parts: number;
  /** Pixels of a part; the last may have fewer. */
  readonly size: number;
}

/** Most parts that the last pass reads: a workgroup reads all of a vec4 of channels. */
const mostParts = 1024;

/** Room for the moments of x in parts of `size` pixels. */
export function momentsOfParts(graph: Graph, x: Tensor, size: number): Moments {
  const parts = Math.ceil(pixelsOf(x) / size);
  const partials = graph.temp(`${x.name} moments`, [parts * 2 * pad4(channelsOf(x))]);
  return { partials, parts, size };
}

/**
 * Mean and 1 / sqrt(variance + eps) of the batch; moves the running statistics.
 *
 * @param moments of x, if the op that made it left them
 */
export function statistics(
  graph: Graph,
  name: string,
  x: Tensor,
  { runningMean, runningVar }: { runningMean: Tensor; runningVar: Tensor },
  moments?: Moments,
): { mean: Tensor; spread: Tensor } {
  const { partials, second, uniforms } = moments
    ? gathered(graph, name, x, moments)
    : reduced(graph, name, x);
  const channels = [pad4(channelsOf(x))];
  const mean = graph.temp(`${name} mean`, channels);
  const spread = graph.temp(`${name} spread`, channels);
  graph.dispatch({
    label: `batch_norm finish ${name}`,
    shader: shader(second.entryPoint),
    uniforms,
    bindings: [
      read(partials),
      write(mean),
      write(spread),
      { tensor: runningMean, access: "readwrite" },
      { tensor: runningVar, access: "readwrite" },
    ],
    workgroups: second.workgroups,
  });
  return { mean, spread };
}

/** What the last pass reads and how it does. */
interface Reduced extends Pick<Sums, "second" | "uniforms"> {
  readonly partials: Tensor;
}

function shader(entryPoint: string): Shader {
  return { file: "batch_norm_statistics.wgsl", code: [blocksCode, code], entryPoint };
}

/** From x itself. */
function reduced(graph: Graph, name: string, x: Tensor): Reduced {
  const over = forSums(graph.gpu, 1, pixelsOf(x), channelsOf(x));
  const partials = graph.temp(`${name} tiles`, [over.parts * 2 * over.vectors * 4]);
  graph.dispatch({
    label: `batch_norm tiles ${name}`,
    shader: shader(over.first),
    uniforms: over.uniforms,
    bindings: [read(x), write(partials)],
    workgroups: over.workgroups,
  });
  return { ...over, partials };
}

/** From its moments: all of them at once, or where they are many of tiles of them. */
function gathered(graph: Graph, name: string, x: Tensor, moments: Moments): Reduced {
  const { partials, parts, size } = moments;
  const [pixels, channels] = [pixelsOf(x), channelsOf(x)];
  if (parts <= mostParts) return { ...dividedBefore(pixels, channels, size), partials };
  const over = divide(1, parts, channels, 16, mostParts);
  const tiles = graph.temp(`${name} tiles`, [over.tiles * 2 * over.vectors * 4]);
  graph.dispatch({
    label: `batch_norm gather ${name}`,
    shader: shader("gather"),
    uniforms: [...over.uniforms, size, pixels],
    bindings: [read(partials), write(tiles)],
    workgroups: over.workgroups,
  });
  return gathered(graph, name, x, {
    partials: tiles,
    parts: over.tiles,
    size: size * over.block,
  });
}
