/**
 * Where the time of a step goes, kernel by kernel.
 *
 * @module
 */
import type { Peaks } from "../../trainer/gpu/peaks.ts";
import type { ProfileRow } from "../../trainer/gpu/profile.ts";

/** All dispatches of one kernel in a step. */
export interface KernelRow {
  /** As the dispatches are labelled, without the parameter: `conv2d weight gradient`. */
  readonly kernel: string;
  readonly dispatches: number;
  readonly milliseconds: number;
  /** Of the sum of all. */
  readonly share: number;
  /** Thousands of millions of operations a second, a convolution's counted as a direct one's; 0 where they are not counted. */
  readonly gflops: number;
  /** Of these, the ones that are done: Winograd's products are fewer. */
  readonly executed: number;
  /** Gigabytes a second, each bound tensor moved once. */
  readonly gigabytes: number;
  /** The larger of operations done and bytes moved as a share of the adapter's peak; above 1 where caches serve. */
  readonly ofPeak: number;
}

/** A label up to the name of a parameter or tensor, which has a dot. */
export function kernelOf(label: string): string {
  if (label.startsWith("clear ")) return "clear";
  const words = label.split(" ");
  const name = words.findIndex((word) => word.includes("."));
  return (name < 0 ? words : words.slice(0, name)).join(" ");
}

/** The table, the longest first. */
export function kernelTable(profile: readonly ProfileRow[], peaks: Peaks): KernelRow[] {
  const total = sum(profile, ({ seconds }) => seconds);
  return [...Map.groupBy(profile, ({ label }) => kernelOf(label))]
    .map(([kernel, rows]) => {
      const seconds = sum(rows, (row) => row.seconds);
      const gflops = sum(rows, (row) => row.flops) / seconds / 1e9;
      const executed = sum(rows, (row) => row.executed) / seconds / 1e9;
      const gigabytes = sum(rows, (row) => row.traffic) / seconds / 1e9;
      return {
        kernel,
        dispatches: rows.length,
        milliseconds: 1000 * seconds,
        share: seconds / total,
        gflops,
        executed,
        gigabytes,
        ofPeak: Math.max(executed / peaks.gflops, gigabytes / peaks.gigabytes),
      };
    })
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Whether a dispatch belongs to a convolution, its gradients and second passes included. */
export function isConvolution(label: string): boolean {
  return label.startsWith("conv2d ");
}

function sum<T>(rows: readonly T[], of: (row: T) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}
