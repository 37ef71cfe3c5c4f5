import { type Graph, pad4, read, target, type Tensor } from "../gpu/graph.ts";
import { blocksCode, channelsOf, forMap, pixelsOf } from "./blocks.ts";
import code from "./concat.wgsl" with { type: "text" };
import { upsampledBlocks, upsampling } from "./upsample_nearest.ts";

/** What is joined: a map, and whether each of its pixels becomes 2 x 2 of itself. */
interface Part {
  readonly x: Tensor;
  readonly upsampled: boolean;
}

/**
 * Channels of several activations one after the other. [N, H, W, C1], [N, H, W, C2], … -> [N, H, W, C1 + C2 + …].
 *
 * @throws TypeError when N, H, W differ, channels other than the last input's are no multiple of 4, or there is no input
 */
export function concat(graph: Graph, inputs: readonly Tensor[]): Tensor {
  return join(graph, inputs.map((x) => ({ x, upsampled: false })));
}

/**
 * The same of a map at half the height and width, each pixel of which becomes 2 x 2 of itself, and another: without the
 * larger map in between. [N, H / 2, W / 2, C1], [N, H, W, C2] -> [N, H, W, C1 + C2].
 *
 * @throws TypeError as `concat()`
 */
export function concatUpsampled(graph: Graph, small: Tensor, x: Tensor): Tensor {
  return join(graph, [{ x: small, upsampled: true }, { x, upsampled: false }]);
}

function join(graph: Graph, parts: readonly Part[]): Tensor {
  check(parts);
  const channels = parts.reduce((sum, { x }) => sum + channelsOf(x), 0);
  const y = graph.result("concat", [...sizeOf(parts[0]!), channels], parts.map(({ x }) => x));
  const vectors = pad4(channels) / 4;
  const copying = (entryPoint: "forward" | "backward", accumulate = false) => ({
    file: "concat.wgsl",
    code: [blocksCode, code],
    entryPoint,
    constants: { ACCUMULATE: accumulate },
  });
  let next = 0;
  for (const { x, upsampled } of parts) {
    const over = upsampled
      ? upsampledBlocks(graph, x)
      : forMap(graph.gpu, 1, pixelsOf(x), channelsOf(x));
    const shader = upsampled ? upsampling : copying;
    const offset = next;
    next += over.vectors;
    const uniforms = [...over.uniforms, vectors, offset];
    const own = (upsampled ? 4 : 1) * x.bytes; // of y, or of dy
    graph.dispatch({
      label: "concat forward",
      shader: shader("forward"),
      uniforms,
      bindings: [read(x), { tensor: y, access: "readwrite" }], // its channels only
      workgroups: over.workgroups,
      traffic: x.bytes + own,
      repeatable: true,
    });
    graph.backward(() => {
      const dy = graph.gradient(y);
      const dx = dy && graph.contribute(x);
      if (!dx) return;
      graph.dispatch({
        label: "concat backward",
        shader: shader("backward", dx.accumulate),
        uniforms,
        bindings: [read(dy), { tensor: dx.tensor, access: target(dx) }],
        workgroups: over.workgroups,
        traffic: own + (dx.accumulate ? 2 : 1) * x.bytes,
      });
    });
  }
  return y;
}

/** N, H and W of what comes of a part. */
function sizeOf({ x: { shape: [n = 0, h = 0, w = 0] }, upsampled }: Part): number[] {
  return upsampled ? [n, 2 * h, 2 * w] : [n, h, w];
}

function check(parts: readonly Part[]): void {
  const [first] = parts;
  if (!first) throw new TypeError("Cannot concatenate: no input is given, at least one is needed");
  for (const part of parts) {
    const { x } = part;
    if (`${sizeOf(part)}` !== `${sizeOf(first)}`) {
      throw new TypeError(
        `Cannot concatenate "${first.x.name}" and "${x.name}" as N, H and W differ: [${first.x.shape}]${
          first.upsampled ? " twice as high and wide" : ""
        } and [${x.shape}]`,
      );
    }
    if (channelsOf(x) % 4 !== 0 && part !== parts.at(-1)) {
      throw new TypeError(
        `Cannot concatenate behind "${x.name}" of shape [${x.shape}]: its channels must be a multiple of 4`,
      );
    }
  }
}
