/** What `doctor` finds out about the machine. */
import { resolveConfig } from "../config/resolve.ts";
import type { Gpu } from "../gpu/device.ts";
import { measurePeaks, type Peaks } from "../gpu/peaks.ts";
import { students } from "../models/student.ts";
import { measureSteps, type StudentSize } from "../training/step_cost.ts";
import { measureTeacher } from "../training/teacher_cost.ts";
import { type Estimate, estimate, estimateLines, measuredSize, round } from "./doctor_estimates.ts";

/** Everything that `doctor --json` prints, kernel checks apart. */
export interface DoctorReport {
  readonly versions: Readonly<Record<string, string>>;
  readonly adapter: {
    readonly name: string;
    readonly kind: "cpu" | "gpu";
    readonly cores: number;
    readonly features: Readonly<Record<string, boolean>>;
    readonly limits: Readonly<Record<string, number>>;
  };
  readonly peaks: Peaks;
  /** The student's forward and backward pass, measured. */
  readonly student: {
    readonly size: StudentSize;
    readonly gflops: number;
    /** Of the arithmetic peak. */
    readonly share: number;
  };
  /** Seconds that the embedded teacher takes for the faces of a panorama, or why it does not work here. */
  readonly teacher: { readonly seconds: number } | { readonly error: string };
  readonly estimates: readonly Estimate[];
}

const LIMITS = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupStorageSize",
  "maxStorageBuffersPerShaderStage",
] as const;

/** Measures: a minute on two cores without a GPU, mostly compilation; seconds on a GPU. */
export async function examine(gpu: Gpu): Promise<DoctorReport> {
  const peaks = await measurePeaks(gpu);
  const costs = await measureSteps(gpu, students().map(({ name }) => measuredSize(gpu, name)));
  const teacher = await measureTeacher(gpu, resolveConfig({ preset: "embedded" }))
    .then((seconds) => ({ seconds }), ({ message: error }: Error) => ({ error }));
  const labelSeconds = "seconds" in teacher ? teacher.seconds : 0;
  const cost = costs[0]!;
  const measured = cost.size;
  const gflops = cost.gflop / cost.seconds;
  const limits = gpu.limits as unknown as Record<string, number>;
  return {
    versions: { deno: Deno.version.deno, v8: Deno.version.v8, typescript: Deno.version.typescript },
    adapter: {
      name: gpu.name,
      kind: gpu.kind,
      cores: navigator.hardwareConcurrency,
      features: {
        "subgroups": gpu.subgroups,
        "timestamp-query": gpu.timestamps,
        "shader-f16": gpu.f16,
      },
      limits: Object.fromEntries(LIMITS.map((name) => [name, Number(limits[name])])),
    },
    peaks,
    student: { size: measured, gflops, share: gflops / peaks.gflops },
    teacher,
    estimates: ["embedded", "paper"].flatMap((preset) =>
      costs.map((cost) => estimate(preset, cost, labelSeconds, gpu.limits))
    ),
  };
}

/** The report for people. */
export function reportText(report: DoctorReport): string {
  const { adapter, peaks, student, estimates, versions } = report;
  const { limits, features } = adapter;
  const mebibytes = (name: string) => `${Math.round(limits[name]! / 2 ** 20)} MiB`;
  const kind = adapter.kind === "cpu"
    ? `software, on ${adapter.cores} cores: everything works, slowly`
    : "graphics processor";
  const rows: [string, string][] = [
    ["Deno", versions.deno!],
    ["Adapter", adapter.name],
    ["Class", `${adapter.kind} (${kind})`],
    [
      "Features",
      Object.entries(features).map(([name, has]) => `${name} ${has ? "yes" : "no"}`).join(", "),
    ],
    [
      "Limits",
      `${mebibytes("maxStorageBufferBindingSize")} a binding, ${
        mebibytes("maxBufferSize")
      } a buffer, ` +
      `${limits.maxComputeInvocationsPerWorkgroup} threads and ` +
      `${limits.maxComputeWorkgroupStorageSize! / 1024} KiB a workgroup`,
    ],
    ["Arithmetic", `${round(peaks.gflops)} GFLOP/s at most (float32, measured)`],
    ["Memory", `${round(peaks.gigabytes)} GB/s moved (measured)`],
    [
      "Training",
      `${round(student.gflops)} GFLOP/s (${student.size.name} ×${student.size.width}, ` +
      `${student.size.height}×${2 * student.size.height}, measured), ` +
      `${Math.round(100 * student.share)} % of the arithmetic peak`,
    ],
    [
      "Teacher",
      "seconds" in report.teacher
        ? `${round(report.teacher.seconds)} s for the faces of a panorama (embedded, measured)`
        : `does not work here, and takes no time below: ${report.teacher.error}`,
    ],
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(11)}${text}`);
  lines.push("", ...estimateLines(estimates));
  return lines.join("\n");
}
