/**
 * How fast the dispatches of one op are, and how much of what the adapter can do at most that is.
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Peaks } from "../gpu/peaks.ts";
import type { KernelCase } from "../kernels/kernel_case.ts";

/** One dispatch of an op, or the sum of those of one pass. */
export interface DispatchTiming {
  /** As in a profile of a training step, e.g. `conv2d forward w`. A pass has the label that all of its begin with. */
  readonly label: string;
  /** Wall time of a submit of its own, the best of several; of a pass their sum. */
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
      return rates(label, { seconds, flops, traffic }, peaks);
    });
  } finally {
    plan.destroy();
    store.destroy();
  }
}

/** Rates of some work, `traffic` in bytes. */
function rates(
  label: string,
  { seconds, flops, traffic }: { seconds: number; flops: number; traffic: number },
  peaks: Peaks,
): DispatchTiming {
  const gflops = flops / seconds / 1e9;
  const gigabytes = traffic / seconds / 1e9;
  const share = Math.max(gflops / peaks.gflops, gigabytes / peaks.gigabytes);
  return { label, milliseconds: seconds * 1000, gflops, gigabytes, share };
}

/**
 * The rows of each pass, and their sum where there are several: `conv2d forward w source`, `… w points`, `… w` and
 * `… w result` are the pass `conv2d forward w`, whose operations stand in one row while all four take time.
 */
export function passes(
  rows: readonly DispatchTiming[],
  peaks: Peaks,
): { readonly rows: readonly DispatchTiming[]; readonly sum?: DispatchTiming }[] {
  const shortest = [...new Set(rows.map(({ label }) => label))].sort((a, b) => a.length - b.length);
  const passOf = ({ label }: DispatchTiming) =>
    shortest.find((pass) => label === pass || label.startsWith(`${pass} `))!;
  return [...Map.groupBy(rows, passOf)].map(([pass, rows]) => {
    if (rows.length === 1) return { rows };
    const total = (of: (row: DispatchTiming) => number) =>
      rows.reduce((sum, row) => sum + of(row), 0);
    const work = {
      seconds: total(({ milliseconds }) => milliseconds) / 1000,
      flops: total(({ gflops, milliseconds }) => gflops * milliseconds * 1e6),
      traffic: total(({ gigabytes, milliseconds }) => gigabytes * milliseconds * 1e6),
    };
    return { rows, sum: rates(pass, work, peaks) };
  });
}
