import type { Graph, Tensor } from "../gpu/graph.ts";
import { activation } from "./pointwise.ts";
import code from "./elu.wgsl" with { type: "text" };

/** x > 0 ? x : exp(x) - 1. x: any shape -> same. Clevert et al. 2016 with alpha 1. */
export function elu(graph: Graph, x: Tensor): Tensor {
  return activation(graph, x, { name: "elu", code });
}
