/**
 * The published networks with the weights of the fill rule, recorded for one purpose and run.
 *
 * @module
 */
import type { Graph, Tensor } from "../../trainer/gpu/graph.ts";
import type { ParameterStore } from "../../trainer/gpu/parameters.ts";
import { type Adam, adam } from "../../trainer/kernels/adam.ts";
import { gradientNorm } from "../../trainer/kernels/gradient_norm.ts";
import { bifusepp } from "../../trainer/models/bifusepp.ts";
import type { LayersOptions } from "../../trainer/models/layers.ts";
import { type Fusion, unifuse } from "../../trainer/models/unifuse.ts";
import type { Check } from "./check.ts";
import { fillParameter } from "./fill_rule.ts";
import { relativeError, type Summaries, WorstRow } from "./summary.ts";
import { type GradientTolerances, type NetworkTolerances, TOLERANCES } from "./tolerances.ts";

/** A network as `case.json` names it. */
export interface NetworkChoice {
  readonly net: string;
  /** Of UniFuse. */
  readonly options?: { readonly fusion?: Fusion; readonly se?: boolean };
}

/** What a case may ask of a network beside its output. */
export type More = LayersOptions & {
  /** UniFuse's cube strip, if it is not to be made from the image. */
  readonly cube?: Tensor;
};

/**
 * Records a network at full width.
 *
 * @throws {RangeError} for a network that there is not
 */
export function recordNetwork(
  graph: Graph,
  image: Tensor,
  { net, options = {} }: NetworkChoice,
  more: More = {},
): Tensor {
  if (net === "bifuse") return graph.output(bifusepp(graph, image, more));
  if (net !== "unifuse") throw new RangeError(`Cannot record network "${net}": it is not known`);
  const { fusion = "cee", se = fusion === "cee" } = options;
  return graph.output(unifuse(graph, image, { fusion, squeezeExcite: se, ...more }));
}

/** How far a network may be from the reference numbers. */
export function tolerancesOf({ net }: NetworkChoice): NetworkTolerances {
  return net === "bifuse" ? TOLERANCES.bifusepp : TOLERANCES.unifuse;
}

/** Fills every parameter and running statistic. @returns how many */
export function fillStore(store: ParameterStore, seed: string): number {
  const names = [...store.names(), ...store.states()];
  for (const name of names) store.set(name, fillParameter(seed, name, store.shape(name)));
  return names.length;
}

/** Records backward pass and Adam; to be recorded last. */
export function recordAdam(graph: Graph, loss: Tensor): Adam {
  graph.differentiate(loss);
  return adam(graph, gradientNorm(graph, loss).control);
}

/** The one parameter of UniFuse whose gradient is a small difference of large sums. */
const LAST_BIAS = "equi_decoder.15.conv.bias";

/** The worst tensor of a set of gradients, and the one in the middle if the tolerances name it. */
export function compareGradients(
  gradients: ReadonlyMap<string, Float32Array>,
  rows: Summaries,
  { worst: tolerance, lastBias = tolerance, half }: GradientTolerances,
): Check[] {
  const worst = new WorstRow("gradient", tolerance);
  const errors: number[] = [];
  for (const [name, row] of Object.entries(rows)) {
    const gradient = gradients.get(name);
    if (!gradient) throw new TypeError(`The network has no parameter "${name}"`);
    if (row.noise_dominated) continue;
    if (row.grad === null) {
      worst.add(name, gradient.every((g) => g === 0) ? 0 : Infinity);
      continue;
    }
    const looser = name === LAST_BIAS ? tolerance / lastBias : 1;
    worst.add(name, relativeError(gradient, row, half ? "norm" : "largest") * looser);
    errors.push(relativeError(gradient, row));
  }
  if (half === undefined) return [worst.check()];
  const middle = errors.sort((a, b) => a - b)[errors.length >> 1]!;
  return [worst.check(), { quantity: "median gradient", error: middle, tolerance: half }];
}
