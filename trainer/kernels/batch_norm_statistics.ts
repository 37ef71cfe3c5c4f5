import { type Graph, pad4, read, type Tensor, write } from "../gpu/graph.ts";
import type { Shader } from "../gpu/shader.ts";
import {
  blocksCode,
  channelsOf,
  divide,
  dividedBefore,
  forSums,
  mostTiles,
  pixelsOf,
  type Sums,
} from "./blocks.ts";
import type { Moments } from "./moments.ts";
import code from "./batch_norm_statistics.wgsl" with { type: "text" };

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

/** From its moments; where they are many, from those of tiles of them. */
function gathered(graph: Graph, name: string, x: Tensor, moments: Moments): Reduced {
  const { partials, parts, size } = moments;
  const [pixels, channels] = [pixelsOf(x), channelsOf(x)];
  if (parts <= mostTiles) return { ...dividedBefore(pixels, channels, size), partials };
  const over = divide(1, parts, channels, 16, mostTiles);
  const tiles = graph.temp(`${name} tiles`, [over.tiles * 2 * over.vectors * 4]);
  graph.dispatch({
    label: `batch_norm gather ${name}`,
    shader: shader("gather"),
    uniforms: [...over.uniforms, size, pixels],
    bindings: [read(partials), write(tiles)],
    workgroups: over.workgroups,
  });
  return { ...dividedBefore(pixels, channels, size * over.block), partials: tiles };
}
