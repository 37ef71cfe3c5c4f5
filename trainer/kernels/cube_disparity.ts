/**
 * From 1/distance sampled at the pixels of cube faces to the faces' 1/zDepth.
 *
 * @module
 */
import { type Graph, read, spread, target, type Tensor, type Word, write } from "../gpu/graph.ts";
import code from "./cube_disparity.wgsl" with { type: "text" };

/** What cubeDisparity() does where the recipes differ. */
export interface CubeDisparityOptions {
  /**
   * `paper` (default): the slope is 1 / cos α everywhere. `released`: it is cos α where the sampled disparity is
   * exactly 0, since the released code's masked `x = 1/x` leaves zeros as they are.
   */
  readonly recipe?: "paper" | "released";
  /** Order of the faces in the batch; default `image-major`. */
  readonly order?: "image-major" | "face-major";
}

/**
 * `face disparity = sampled disparity / cos α`. Differentiable.
 *
 * @param sampled 1/distance, any unit, `[6N, F, F, 1]`
 * @param factor cos α of each pixel (geometry's `DistillationPath.factor`), words `[6*F*F]`
 * @returns 1/zDepth, `[6N, F, F, 1]`
 * @throws TypeError when the sizes do not fit
 */
export function cubeDisparity(
  graph: Graph,
  sampled: Tensor,
  factor: Tensor,
  { recipe = "paper", order = "image-major" }: CubeDisparityOptions = {},
): Tensor {
  const [faces = 0, height = 0, width = 0, channels] = sampled.shape;
  const face = height * width;
  if (faces % 6 !== 0 || channels !== 1 || factor.bytes / 4 !== 6 * face) {
    throw new TypeError(
      `Cannot make faces of "${sampled.name}" of shape [${sampled.shape}] with ${
        factor.bytes / 4
      } ` +
        `factors: [6N,F,F,1] and 6*F*F are needed`,
    );
  }
  const pixels = faces * face;
  const uniforms = (accumulate: boolean): Word[] => [
    pixels,
    faces / 6,
    face,
    order === "face-major" ? 1 : 0,
    recipe === "released" ? 1 : 0,
    accumulate ? 1 : 0,
  ];
  const shader = (entryPoint: string) => ({ file: "cube_disparity.wgsl", code, entryPoint });
  const y = graph.result("cube disparity", sampled.shape, [sampled]);
  graph.dispatch({
    label: "cube_disparity forward",
    shader: shader("forward"),
    uniforms: uniforms(false),
    bindings: [read(factor), read(sampled), write(y)],
    workgroups: spread(pixels, 64),
  });
  graph.backward(() => {
    const dy = graph.gradient(y);
    const share = dy && graph.contribute(sampled);
    if (!share) return;
    graph.dispatch({
      label: "cube_disparity backward",
      shader: shader("backward"),
      uniforms: uniforms(share.accumulate),
      bindings: [read(factor), read(sampled), read(dy), {
        tensor: share.tensor,
        access: target(share),
      }],
      workgroups: spread(pixels, 64),
    });
  });
  return y;
}
