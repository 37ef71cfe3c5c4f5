/**
 * How fast the dispatches of one op are, and how much of what the adapter can do at most that is.
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Peaks } from "../gpu/peaks.ts";
import { bestProfile } from "../gpu/profile.ts";
import type { Clock } from "../gpu/timing.ts";
import type { KernelCase } from "../kernels/kernel_case.ts";

/** Time and rates of one dispatch of an op, or of those of one pass together. */
export interface Speed {
  /** As in a profile of a training step, e.g. `conv2d forward w`. A pass has the label that all of its begin with. */
  readonly label: string;
  /** The best of several; of a pass their sum. */
  readonly milliseconds: number;
  /** Thousands of millions of float32 operations a second, as they are defined; 0 where arithmetic is not counted. */
  readonly gflops: number;
  /** Of these, the ones that are done: Winograd's products are fewer. */
  readonly executed: number;
  /** Gigabytes a second, each bound tensor moved once. */
  readonly gigabytes: number;
  /** The larger of operations done and bytes moved as a share of the adapter's peak. */
  readonly share: number;
}

/** One dispatch of an op. */
export interface DispatchTiming extends Speed {
  /** What its time was taken by. */
  readonly clock: Clock;
}

const profiles = 6;

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
    const rows = await bestProfile(() => plan.profile(), profiles);
    return rows.map(({ label, clock, ...work }) => ({ ...speed(label, work, peaks), clock }));
  } finally {
    plan.destroy();
    store.destroy();
  }
}

/** Rates of some work, `traffic` in bytes. */
function speed(
  label: string,
  { seconds, flops, executed, traffic }: {
    seconds: number;
    flops: number;
    executed: number;
    traffic: number;
  },
  peaks: Peaks,
): Speed {
  const billions = (amount: number): number => amount / seconds / 1e9;
  const rates = {
    gflops: billions(flops),
    executed: billions(executed),
    gigabytes: billions(traffic),
  };
  const share = Math.max(rates.executed / peaks.gflops, rates.gigabytes / peaks.gigabytes);
  return { label, milliseconds: seconds * 1000, ...rates, share };
}

/**
 * The rows of each pass, and their sum where there are several: `conv2d forward w source`, `… w points`, `… w` and
 * `… w result` are the pass `conv2d forward w`, whose operations stand in one row while all four take time.
 */
export function passes<Row extends Speed>(
  rows: readonly Row[],
  peaks: Peaks,
): { readonly rows: readonly Row[]; readonly sum?: Speed }[] {
  const shortest = [...new Set(rows.map(({ label }) => label))].sort((a, b) => a.length - b.length);
  const passOf = ({ label }: Row) =>
    shortest.find((pass) => label === pass || label.startsWith(`${pass} `))!;
  return [...Map.groupBy(rows, passOf)].map(([pass, rows]) => {
    if (rows.length === 1) return { rows };
    const total = (of: (row: Row) => number) => rows.reduce((sum, row) => sum + of(row), 0);
    const work = {
      seconds: total(({ milliseconds }) => milliseconds) / 1000,
      flops: total(({ gflops, milliseconds }) => gflops * milliseconds * 1e6),
      executed: total(({ executed, milliseconds }) => executed * milliseconds * 1e6),
      traffic: total(({ gigabytes, milliseconds }) => gigabytes * milliseconds * 1e6),
    };
    return { rows, sum: speed(pass, work, peaks) };
  });
}
