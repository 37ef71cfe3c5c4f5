import type { Graph, Tensor } from "../gpu/graph.ts";
import { activation } from "./pointwise.ts";
import code from "./relu.wgsl" with { type: "text" };

/** max(x, 0). x: any shape -> same. The slope at 0 is 0, NaN stays NaN. */
export function relu(graph: Graph, x: Tensor): Tensor {
  return activation(graph, x, { name: "relu", code });
}
