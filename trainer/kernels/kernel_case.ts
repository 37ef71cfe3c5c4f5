/**
 * A sizable call of an op, to be timed, and what many of them share.
 *
 * @module
 */
import type { Graph, Tensor } from "../gpu/graph.ts";
import type { Plan } from "../gpu/plan.ts";
import { conv2d } from "./conv2d.ts";
import type { Activation } from "./conv2d_activation.ts";

/** An op with its inputs. */
export interface KernelCase {
  /** What is computed, for the reader of the table. */
  readonly sizes: string;
  /**
   * Records the op; the gradients of everything it takes are timed too. What follows the gradients itself gives no tensor
   * to differentiate, but what writes its inputs.
   */
  record(graph: Graph): Tensor | ((plan: Plan) => void);
}

/** An input whose gradient is timed. */
export function image(graph: Graph, shape: readonly number[], name = "x"): Tensor {
  return graph.input(name, shape, { requiresGradient: true });
}

/** The shape that most ops are timed at. */
export const features = [4, 64, 128, 16];

/** A case of an op on one image of features. */
export function onFeatures(
  record: (graph: Graph, x: Tensor) => Tensor,
  shape: readonly number[] = features,
): KernelCase {
  return { sizes: `[${shape}]`, record: (graph) => record(graph, image(graph, shape)) };
}

/** A case of an op on two such images. */
export function onTwo(record: (graph: Graph, a: Tensor, b: Tensor) => Tensor): KernelCase {
  return {
    sizes: `[${features}] twice`,
    record: (graph) => record(graph, image(graph, features), image(graph, features, "other")),
  };
}

/** A case of a loss of a prediction, the truth and a mask. */
export function onMasked(
  record: (graph: Graph, prediction: Tensor, truth: Tensor, mask: Tensor) => Tensor,
  shape: readonly number[],
  said = "",
): KernelCase {
  return {
    sizes: `[${shape}]${said}`,
    record(graph) {
      const [prediction, truth, mask] = ["prediction", "truth", "mask"].map((name) =>
        image(graph, shape, name)
      );
      return record(graph, prediction!, truth!, mask!);
    },
  };
}

/** A case of a square convolution with bias. */
export function convolution(
  shape: readonly number[],
  outputs: number,
  { kernel, stride = 1, activation }: {
    readonly kernel: number;
    readonly stride?: number;
    readonly activation?: Activation;
  },
): KernelCase {
  const then = activation ? `, then ${activation}` : "";
  return {
    sizes: `[${shape}] to ${outputs} channels, ${kernel}x${kernel}, stride ${stride}${then}`,
    record(graph) {
      const weight = graph.parameter("w", [outputs, shape[3]!, kernel, kernel]);
      const bias = graph.parameter("b", [outputs]);
      const padding = kernel >> 1;
      return conv2d(graph, image(graph, shape), weight, { stride, padding, bias, activation });
    },
  };
}
