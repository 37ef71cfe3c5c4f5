/**
 * How fast the dispatches of one op are, and how much of what the adapter can do at most that is.
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Peaks } from "../gpu/peaks.ts";
import type { KernelCase } from "../kernels/kernel_case.ts";

/** One dispatch of an op. */
export interface DispatchTiming {
  /** As in a profile of a training step, e.g. `conv2d forward w`. */
  readonly label: string;
  /** Wall time of a submit of its own, the best of several. */
  readonly milliseconds: number;
  /** Thousands of millions of float32 operations a second; 0 where arithmetic is not counted. */
  readonly gflops: number;
  /** Gigabytes a second, each bound tensor moved once. */
  readonly gigabytes: number;
  /** The larger of both as a share of the adapter's peak. */
  readonly share: number;
}

const repeats = 5;

/** Records a case with its gradients, if it has any, runs it, and times each dispatch by itself. */
export async function timeCase(
  gpu: Gpu,
  peaks: Peaks,
  { record }: KernelCase,
): Promise<DispatchTiming[]> {
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const recorded = record(graph);
  if (typeof recorded !== "function") {
    const y = graph.output(recorded);
    graph.differentiateFrom([{ tensor: y, gradient: graph.input("dy", y.shape) }]);
  }
  const plan = await graph.build();
  try {
    if (typeof recorded === "function") recorded(plan);
    plan.run(); // compiles
    const best = new Map<number, number>();
    let rows = await plan.profile();
    for (let i = 0; i < repeats; i++) {
      rows = await plan.profile();
      rows.forEach(({ seconds }, k) => best.set(k, Math.min(best.get(k) ?? Infinity, seconds)));
    }
    return rows.map(({ label, flops, traffic }, k) => {
      const seconds = best.get(k)!;
      const gflops = flops / seconds / 1e9;
      const gigabytes = traffic / seconds / 1e9;
      const share = Math.max(gflops / peaks.gflops, gigabytes / peaks.gigabytes);
      return { label, milliseconds: seconds * 1000, gflops, gigabytes, share };
    });
  } finally {
    plan.destroy();
    store.destroy();
  }
}
