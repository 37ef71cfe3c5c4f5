/**
 * An exponential moving average of the parameters, which often scores better than the last step's.
 *
 * @module
 */
import { type Graph, read, spread, type Tensor, words } from "../gpu/graph.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import code from "./weight_average.wgsl" with { type: "text" };

/** A recorded average. */
export interface WeightAverage {
  /** `[1]`, to be written with {@linkcode WeightAverage.rate} before every run. */
  readonly input: Tensor;
  /** How much of the new values the average takes at a step, counted from 1. */
  rate(step: number): Float32Array;
  /**
   * Exchange the store's values and the average, on the GPU: to evaluate or save the average, then again to go on.
   * Running statistics of batch norm are not averaged.
   */
  exchange(plan: Plan): void;
}

/**
 * Record the average after `adam()`. Young averages follow faster: the rate is at least 9 / (step + 9), and 1 at the
 * first step.
 *
 * @param control from `gradientNorm()`: a skipped step leaves the average as it is
 * @param decay share of the average that a step keeps in the long run, e.g. 0.999
 * @throws RangeError when the decay is not in [0, 1)
 */
export function weightAverage(graph: Graph, control: Tensor, decay: number): WeightAverage {
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(`Cannot average with decay ${decay}: it must be in [0, 1)`);
  }
  const input = graph.input("average rate", [1]);
  const averages = graph.store.ranges().map(({ values }) => {
    const average = graph.output(graph.persistent("average", [words(values)]));
    const quads = words(values) / 4;
    graph.dispatch({
      label: "weight_average",
      shader: { file: "weight_average.wgsl", code, entryPoint: "update" },
      uniforms: [quads],
      bindings: [read(input), read(control), read(values), {
        tensor: average,
        access: "readwrite",
      }],
      workgroups: spread(quads / 4, 64),
    });
    return { average, offset: values.offset };
  });
  return {
    input,
    rate: (step) => Float32Array.of(step <= 1 ? 1 : Math.max(1 - decay, 9 / (step + 9))),
    exchange: (plan) => exchange(graph.store, plan, averages),
  };
}

function exchange(
  store: ParameterStore,
  plan: Plan,
  averages: readonly { average: Tensor; offset: number }[],
): void {
  const { device } = store.gpu;
  const values = store.buffer("values");
  const encoder = device.createCommandEncoder({ label: "exchange averages" });
  const scratch = device.createBuffer({
    label: "exchange",
    size: Math.max(...averages.map(({ average }) => average.bytes)),
    usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  for (const { average, offset } of averages) {
    const { buffer, bytes } = plan.range(average);
    encoder.copyBufferToBuffer(values, offset, scratch, 0, bytes);
    encoder.copyBufferToBuffer(buffer, 0, values, offset, bytes);
    encoder.copyBufferToBuffer(scratch, 0, buffer, 0, bytes);
  }
  device.queue.submit([encoder.finish()]);
  scratch.destroy();
}
