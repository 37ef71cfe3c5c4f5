/**
 * Between this project's channels-last activations and the channels-first arrays of ONNX models. Not differentiable.
 *
 * @module
 */
import { type Binding, type Graph, pad4, read, spread, type Tensor, write } from "../gpu/graph.ts";
import code from "./planes.wgsl" with { type: "text" };

function record(
  graph: Graph,
  entryPoint: string,
  shape: readonly number[],
  bindings: Binding[],
  first = 0,
): void {
  const [images, height, width, channels] = shape as [number, number, number, number];
  graph.dispatch({
    label: `planes ${entryPoint}`,
    shader: { file: "planes.wgsl", code, entryPoint },
    uniforms: [images, height * width, channels, pad4(channels) / 4, first],
    bindings,
    workgroups: spread(images * height * width, 64),
  });
}

/** `[N, H, W, C]` to words `[N*C*H*W]`, without padding. */
export function toPlanes(graph: Graph, x: Tensor): Tensor {
  const planes = graph.result("planes", [x.shape.reduce((a, b) => a * b, 1)], []);
  record(graph, "split", x.shape, [read(x), write(planes)]);
  return planes;
}

/**
 * Words `[M*C*H*W]` to `[N, H, W, C]`: all of the images, or N of them.
 *
 * @param first number of the first image; left out: there are no others
 * @throws TypeError when the number of words does not fit the shape
 */
export function fromPlanes(
  graph: Graph,
  planes: Tensor,
  shape: readonly number[],
  first?: number,
): Tensor {
  const [images = 0, ...image] = shape;
  const there = planes.bytes / 4 / image.reduce((a, b) => a * b, 1);
  if (first === undefined ? there !== images : !(first >= 0 && first + images <= there)) {
    throw new TypeError(
      `Cannot join "${planes.name}" of ${planes.bytes / 4} words to a tensor of shape [${shape}]` +
        (first === undefined ? "" : ` from image ${first}`),
    );
  }
  const y = graph.result("joined planes", shape, []);
  record(graph, "join", shape, [read(planes), write(y)], first);
  return y;
}
