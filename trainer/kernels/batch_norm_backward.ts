import {
  type Binding,
  type Contribution,
  type Graph,
  read,
  type Shape,
  target,
  type Tensor,
  write,
} from "../gpu/graph.ts";
import { blocksCode, channelsOf, forMap, forSums, pixelsOf } from "./blocks.ts";
import { sumCode } from "./tile_sum.ts";
import code from "./batch_norm_backward.wgsl" with { type: "text" };

/** What the forward pass of a batch norm read, wrote and did. */
export interface Normalisation {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly spread: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly residual: Tensor | undefined;
  readonly relu: boolean;
  readonly running: boolean;
}

/**
 * Gradients of x, weight, bias and residual, as far as they are wanted. That of the residual, or else that of x, takes the place
 * of y's where it may.
 */
export function backward(graph: Graph, name: string, of: Normalisation): void {
  const dy = graph.gradient(of.y);
  if (!dy) return;
  const { x, mean, spread, weight, bias, residual } = of;
  const mask = !of.relu ? "NO_RELU" : residual ? "BY_Y" : "BY_X";
  const y = mask === "BY_Y" ? of.y : x; // a placeholder otherwise
  const over = forSums(graph.gpu, 1, pixelsOf(x), channelsOf(x));
  const scratch = (shape: Shape) => ({
    tensor: graph.temp(`${name} unused gradient`, shape),
    accumulate: false,
  });
  const dweight = graph.contribute(weight) ?? scratch([over.vectors * 4]);
  const dbias = graph.contribute(bias) ?? scratch([over.vectors * 4]);
  const changed = graph.passGradient(of.y, residual ?? x);
  const own = changed && { tensor: changed, accumulate: false };
  const dx = residual ? graph.contribute(x) : own ?? graph.contribute(x);
  const dresidual = residual && (own ?? graph.contribute(residual));
  const shader = (
    entryPoint: string,
    { accumulate = false, accumulateResidual = false, inPlace = false } = {},
  ) => ({
    file: "batch_norm_backward.wgsl",
    code: [blocksCode, sumCode(graph.gpu), code],
    entryPoint,
    constants: {
      MASK: ["NO_RELU", "BY_Y", "BY_X"].indexOf(mask), // the names in the WGSL
      ACCUMULATE: accumulate,
      ACCUMULATE_RESIDUAL: accumulateResidual,
      IN_PLACE: inPlace,
    },
  });
  const flags = [of.running, dweight.accumulate, dbias.accumulate].map(Number);
  const into = (to: Contribution): Binding => ({
    tensor: to.tensor,
    access: to === own ? "readwrite" : target(to),
  });

  const partials = graph.temp(`${name} gradient tiles`, [over.parts * 2 * over.vectors * 4]);
  const coefficients = graph.temp(`${name} coefficients`, [4 * over.vectors * 4]);
  graph.dispatch({
    label: `batch_norm gradient tiles ${name}`,
    shader: shader("tiles"),
    uniforms: [...over.uniforms, ...flags],
    bindings: [...[x, y, dy, mean, spread, weight, bias].map(read), write(partials)],
    workgroups: over.workgroups,
  });
  graph.dispatch({
    label: `batch_norm gradient finish ${name}`,
    shader: shader(over.second.entryPoint),
    uniforms: [...over.uniforms, ...flags],
    bindings: [
      ...[partials, spread, weight, bias].map(read),
      write(coefficients),
      into(dweight),
      into(dbias),
    ],
    workgroups: over.second.workgroups,
  });
  if (!dx && !dresidual) return;
  const map = forMap(graph.gpu, 1, pixelsOf(x), channelsOf(x));
  graph.dispatch({
    label: `batch_norm backward ${name}`,
    shader: shader(dresidual ? "backward_residual" : "backward", {
      accumulate: dx?.accumulate,
      accumulateResidual: dresidual?.accumulate,
      inPlace: changed !== undefined,
    }),
    uniforms: [...map.uniforms, ...flags],
    bindings: [
      ...[x, y, changed ? x : dy, mean, coefficients].map(read),
      into(dx ?? scratch(x.shape)),
      ...dresidual ? [into(dresidual)] : [],
    ],
    workgroups: map.workgroups,
  });
}
