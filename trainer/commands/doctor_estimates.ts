/**
 * What `doctor` says of the presets on this machine: extrapolated from a measured step of each student.
 *
 * @module
 */
import { resolveConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";
import { type BindingLimits, fewestParts } from "../training/batch_parts.ts";
import { scaleStep, type StepCost, type StudentSize } from "../training/step_cost.ts";
import { suitPreset } from "./suited_preset.ts";

/** A preset on this machine. */
export interface Estimate {
  readonly preset: string;
  readonly student: StudentSize;
  /** What was measured: the step is taken to run at its operations a second. */
  readonly from: {
    readonly size: StudentSize;
    readonly gflops: number;
    /** The slowest step's time as a multiple of the best. */
    readonly scatter: number;
  };
  /** Into how many its batch is split, so that this adapter can bind its maps. */
  readonly parts: number;
  readonly steps: number;
  readonly gflopPerStep: number;
  /** Of the student and the teacher; data and update come on top. */
  readonly secondsPerStep: number;
  /** Of these the teacher's. */
  readonly teacherSeconds: number;
  /** Of the student's maps, gradients, parameters and moments. */
  readonly gigabytes: number;
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
export function measuredSize({ kind }: Gpu, name: string): StudentSize {
  if (kind === "gpu") return { ...sizeOf("paper", name), height: 256, images: 2 };
  const size = sizeOf("embedded", name);
  const { height } = resolveConfig({ preset: "embedded" });
  return { ...size, images: Math.ceil(size.images * (height / size.height) ** 2) };
}

/**
 * What a preset costs, from a measured step of the same student.
 *
 * @param labelSeconds what the embedded teacher takes for a panorama
 */
export function estimate(
  preset: string,
  measured: StepCost,
  labelSeconds: number,
  limits: BindingLimits,
): Estimate {
  const config = configOf(preset, measured.size.name);
  const parts = fewestParts(config, limits);
  const size = sizeOf(preset, measured.size.name);
  const { seconds, gflop } = scaleStep(measured, size);
  const teacherSeconds = labelSeconds * config.batch.unlabeled;
  const { planBytes, storeBytes } = scaleStep(measured, { ...size, images: size.images / parts });
  return {
    preset,
    student: size,
    from: {
      size: measured.size,
      gflops: measured.gflop / measured.seconds,
      scatter: measured.scatter,
    },
    parts,
    steps: config.steps,
    gflopPerStep: gflop,
    secondsPerStep: seconds + teacherSeconds,
    teacherSeconds,
    gigabytes: (planBytes + storeBytes) / 1e9,
  };
}

/** Estimates for people, with a warning where the machine was unsteady. */
export function estimateLines(estimates: readonly Estimate[]): string[] {
  const lines = ["What this machine can train (student and embedded teacher; data come on top):"];
  for (const estimate of estimates) lines.push(estimateText(estimate));
  const scatter = Math.max(...estimates.map(({ from }) => from.scatter));
  if (scatter > steady) {
    lines.push(
      `This machine was busy or is unsteady: the times are made of the best of several steps, of which the slowest ` +
        `took ${scatter.toFixed(1)} times as long.`,
    );
  }
  return lines;
}

/** How far the slowest step may be from the best before the reader is told, a multiple. */
const steady = 1.3;

function estimateText(
  { preset, student, from, parts, steps, gflopPerStep, secondsPerStep, teacherSeconds, gigabytes }:
    Estimate,
): string {
  const sizeText = ({ width, height }: StudentSize) => `×${width}, ${height}×${2 * height}`;
  return `  ${preset.padEnd(9)}${student.name} ${
    sizeText(student)
  }, ${student.images} panoramas a step` +
    `${parts > 1 ? ` in ${parts} parts` : ""}: ${rough(gflopPerStep)} GFLOP, at the ${
      round(from.gflops)
    } GFLOP/s of ${sizeText(from.size)} about ${roughTime(secondsPerStep)} a step${
      teacherSeconds > 0 ? `, ${roughTime(teacherSeconds)} of it the teacher` : ""
    }; ` +
    `${round(gigabytes)} GB; ${steps} steps in about ${roughTime(steps * secondsPerStep)}`;
}

/** Two significant digits below 100, whole numbers above. */
export function round(value: number): string {
  return String(value < 100 ? Number(value.toPrecision(2)) : Math.round(value));
}

/** Two significant digits of a value that was extrapolated. */
function rough(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** Two significant digits of a time in the unit that suits it. @param seconds at least a few milliseconds */
function roughTime(seconds: number): string {
  const year = 365 * 86400;
  const units = [[year, "years"], [86400, "d"], [3600, "h"], [60, "min"]] as const;
  const [size, unit] = units.find(([size]) => seconds >= 2 * size) ?? [1, "s"] as const;
  return `${rough(seconds / size)} ${unit}`;
}
