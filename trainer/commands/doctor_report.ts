/** What `doctor` finds out about the machine. */
import { resolveConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";
import { measurePeaks, type Peaks } from "../gpu/peaks.ts";
import { students } from "../models/student.ts";
import { duration } from "../runs/progress.ts";
import { type BindingLimits, fewestParts } from "../training/batch_parts.ts";
import { measureStep, scaleStep, type StepCost, type StudentSize } from "../training/step_cost.ts";
import { suitPreset } from "./suited_preset.ts";

/** A preset on this machine. */
export interface Estimate {
  readonly preset: string;
  readonly student: StudentSize;
  /** Into how many its batch is split, so that this adapter can bind its maps. */
  readonly parts: number;
  readonly steps: number;
  readonly gflopPerStep: number;
  readonly secondsPerStep: number;
  /** Of the student's maps, gradients, parameters and moments. */
  readonly gigabytes: number;
}

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
  const costs: StepCost[] = [];
  for (const { name } of students()) costs.push(await measureStep(gpu, measuredSize(gpu, name)));
  const [cost] = costs as [StepCost];
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
    estimates: ["embedded", "paper"].flatMap((preset) =>
      costs.map((cost) => estimate(preset, cost, gpu.limits))
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
    ["Memory", `${round(peaks.gigabytes)} GB/s copied (measured)`],
    [
      "Training",
      `${round(student.gflops)} GFLOP/s (${student.size.name} ×${student.size.width}, ` +
      `${2 * student.size.height}×${student.size.height}, measured), ` +
      `${Math.round(100 * student.share)} % of the arithmetic peak`,
    ],
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(11)}${text}`);
  lines.push("", "What this machine can train (the student alone; teacher and data come on top):");
  for (
    const { preset, student: size, parts, steps, gflopPerStep, secondsPerStep, gigabytes }
      of estimates
  ) {
    lines.push(
      `  ${preset.padEnd(9)}${size.name} ×${size.width}, ${2 * size.height}×${size.height}, ` +
        `${size.images} panoramas a step${parts > 1 ? ` in ${parts} parts` : ""}: ${
          round(gflopPerStep)
        } GFLOP and about ` +
        `${round(secondsPerStep)} s a step, ${round(gigabytes)} GB, ` +
        `${steps} steps in ${duration(1000 * steps * secondsPerStep)}`,
    );
  }
  return lines.join("\n");
}

/** A preset as it suits a student. */
function configOf(preset: string, name: string): TrainConfig {
  return resolveConfig({ preset, machine: suitPreset(preset, name), flags: { student: { name } } });
}

function sizeOf(preset: string, name: string): StudentSize {
  const { student, height, batch } = configOf(preset, name);
  return { name, width: student.width, height, images: batch.labeled + batch.unlabeled };
}

/**
 * What is measured of a student: on a software adapter its embedded preset, though not more pixels than UniFuse's has. A
 * GPU is not filled by that: there it is a quarter of the paper's panorama.
 */
function measuredSize({ kind }: Gpu, name: string): StudentSize {
  if (kind === "gpu") return { ...sizeOf("paper", name), height: 256, images: 2 };
  const size = sizeOf("embedded", name);
  const { height } = resolveConfig({ preset: "embedded" });
  return { ...size, images: Math.ceil(size.images * (height / size.height) ** 2) };
}

function estimate(preset: string, measured: StepCost, limits: BindingLimits): Estimate {
  const config = configOf(preset, measured.size.name);
  const parts = fewestParts(config, limits);
  const size = sizeOf(preset, measured.size.name);
  const { seconds, gflop } = scaleStep(measured, size);
  const { planBytes, storeBytes } = scaleStep(measured, { ...size, images: size.images / parts });
  return {
    preset,
    student: size,
    parts,
    steps: config.steps,
    gflopPerStep: gflop,
    secondsPerStep: seconds,
    gigabytes: (planBytes + storeBytes) / 1e9,
  };
}

/** Two significant digits below 100, whole numbers above. */
function round(value: number): string {
  return String(value < 100 ? Number(value.toPrecision(2)) : Math.round(value));
}
