import { type Graph, pad4, read, type Tensor, write } from "../gpu/graph.ts";
import { type BatchNormTensors, checkNorm } from "./batch_norm.ts";
import type { Conv2dVariants } from "./conv2d.ts";
import { choosePixelVariant } from "./conv2d_choice.ts";
import { checkBias } from "./conv2d_epilogue.ts";
import { flattened, geometry, type Placement } from "./conv2d_geometry.ts";
import { dispatchImage } from "./conv2d_pixels.ts";
import code from "./conv2d_norm.wgsl" with { type: "text" };

/** How to convolve, and what is done in the same pass. */
export interface Conv2dNormOptions extends Placement {
  /** `[O]`, the convolution's own. */
  readonly bias?: Tensor | undefined;
  /** Of the output's shape, added after the normalisation, before the ReLU. */
  readonly residual?: Tensor | undefined;
  /** Cut below 0 last. */
  readonly relu?: boolean | undefined;
  /** For tests. */
  readonly variants?: Pick<Conv2dVariants, "forward">;
}

/**
 * `conv2d()`, then `batchNorm()` by the running statistics, in the pass that writes the convolution's sums: a small dispatch
 * makes of what the norm keeps at the time of the run what conv2d_epilogue.wgsl takes.
 *
 * x `[N, H, W, I]`, weight `[O, I, KH, KW]` -> `[N, H', W', O]`, as `conv2d()`. It has no gradient.
 *
 * @throws Error in a graph for training
 * @throws TypeError when the shapes do not fit each other
 * @throws RangeError when kernel, stride or padding are not possible
 */
export function conv2dNorm(
  graph: Graph,
  x: Tensor,
  weight: Tensor,
  norm: BatchNormTensors,
  options: Conv2dNormOptions = {},
): Tensor {
  const name = norm.weight.name.replace(/\.weight$/, "");
  if (graph.mode === "train") {
    throw new Error(
      `Cannot fold "${name}" into "${weight.name}" in a graph for training: it has no gradient`,
    );
  }
  const { bias, residual, relu, variants } = options;
  const g = geometry(x, weight, options);
  checkBias(bias, g.outputs);
  const folded = fold(graph, name, norm, bias); // before the result: a recording takes what follows for the op
  const shape = [g.batch, g.outputHeight, g.outputWidth, g.outputs];
  const vectors = [norm.weight, norm.bias, norm.runningMean, norm.runningVar];
  const more = [bias, residual].filter((tensor) => tensor !== undefined);
  const y = graph.result(name, shape, [x, weight, ...vectors, ...more]);
  checkNorm(name, y, norm, residual);
  const flat = flattened(g);
  dispatchImage(graph, flat, variants?.forward ?? choosePixelVariant(graph.gpu, flat, false), {
    label: `conv2d_norm forward ${weight.name}`,
    source: x,
    weight,
    norm: folded,
    residual,
    activation: relu ? "relu" : undefined,
    to: { tensor: y, accumulate: false },
    transposed: false,
  });
  return y;
}

/** Offset, scale and shift of each group of 4 channels. */
function fold(
  graph: Graph,
  name: string,
  { weight, bias: shift, runningMean, runningVar }: BatchNormTensors,
  bias: Tensor | undefined,
): Tensor {
  const groups = pad4(weight.shape[0]!) / 4;
  const folded = graph.temp(`${name} folded`, [groups * 3 * 4]);
  graph.dispatch({
    label: `conv2d_norm fold ${name}`,
    shader: { file: "conv2d_norm.wgsl", code, entryPoint: "fold" },
    uniforms: [groups, Number(bias !== undefined)],
    bindings: [weight, shift, runningMean, runningVar, bias ?? shift].map(read)
      .concat(write(folded)),
    workgroups: [Math.ceil(groups / 64)],
  });
  return folded;
}
