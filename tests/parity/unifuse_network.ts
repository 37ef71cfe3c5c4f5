/**
 * UniFuse with the weights of the fill rule, recorded for one purpose and run.
 *
 * @module
 */
import type { Graph, Tensor } from "../../trainer/gpu/graph.ts";
import type { ParameterStore } from "../../trainer/gpu/parameters.ts";
import { type Adam, adam } from "../../trainer/kernels/adam.ts";
import { gradientNorm } from "../../trainer/kernels/gradient_norm.ts";
import { type Fusion, unifuse, type UniFuseOptions } from "../../trainer/models/unifuse.ts";
import type { Check } from "./check.ts";
import { fillParameter } from "./fill_rule.ts";
import { relativeError, type Summaries, WorstRow } from "./summary.ts";

/** Options of a network as `case.json` writes them. */
export interface NetworkOptions {
  readonly fusion?: Fusion;
  readonly se?: boolean;
}

/** Records UniFuse at full width. */
export function recordUniFuse(
  graph: Graph,
  image: Tensor,
  { fusion = "cee", se = fusion === "cee" }: NetworkOptions = {},
  more: UniFuseOptions = {},
): Tensor {
  return graph.output(unifuse(graph, image, { fusion, squeezeExcite: se, ...more }));
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

/** The one parameter whose gradient is a small difference of large sums. */
const LAST_BIAS = "equi_decoder.15.conv.bias";

/** The worst tensor of a set of gradients. */
export function compareGradients(
  gradients: ReadonlyMap<string, Float32Array>,
  rows: Summaries,
  tolerance: number,
  lastBiasTolerance = tolerance,
): Check {
  const worst = new WorstRow("gradient", tolerance);
  for (const [name, row] of Object.entries(rows)) {
    const gradient = gradients.get(name);
    if (!gradient) throw new TypeError(`The network has no parameter "${name}"`);
    if (row.noise_dominated) continue;
    const looser = name === LAST_BIAS ? tolerance / lastBiasTolerance : 1;
    worst.add(name, relativeError(gradient, row) * looser);
  }
  return worst.check();
}
