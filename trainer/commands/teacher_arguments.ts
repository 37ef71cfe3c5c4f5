/**
 * Arguments of `deno task teacher`.
 *
 * @module
 */
import type { TeacherConfig } from "../training/perspective_run.ts";
import { UsageError, wholeNumber } from "./command.ts";

/** For `parseArgs()`. */
export const teacherOptions = {
  steps: { type: "string" },
  batch: { type: "string" },
  lr: { type: "string" },
  width: { type: "string" },
  size: { type: "string" },
  seed: { type: "string" },
  init: { type: "string" },
  out: { type: "string" },
  resume: { type: "string" },
  onnx: { type: "string" },
  measure: { type: "string" },
  faces: { type: "string" },
  json: { type: "boolean" },
} as const;

/** Of a run that names nothing else: fits a machine without a GPU, four hours on two cores. */
export const teacherDefaults: TeacherConfig = {
  steps: 12_000,
  batch: 32,
  lr: 2e-3,
  width: 0.5,
  size: 64,
  seed: 0,
};

type Given = { readonly [K in keyof TeacherConfig]?: string };

/**
 * What a run is trained by.
 *
 * @param given the arguments
 * @param resumed of the run that goes on; only its `steps` and `lr` may change
 * @throws UsageError for a value that makes no sense, or one that a run cannot change
 */
export function teacherConfig(given: Given, resumed?: TeacherConfig): TeacherConfig {
  const before = resumed ?? teacherDefaults;
  const number = (
    key: Exclude<keyof TeacherConfig, "init">,
    parse: (text: string) => number,
  ): number => given[key] === undefined ? before[key] : parse(given[key]);
  const whole = (key: "steps" | "batch" | "size" | "seed", least: number): number =>
    number(key, (text) => wholeNumber(key, text, least));
  const init = given.init ?? before.init;
  const config: TeacherConfig = {
    steps: whole("steps", 1),
    batch: whole("batch", 1),
    lr: number("lr", (text) => positive("lr", text)),
    width: number("width", (text) => positive("width", text)),
    size: whole("size", 32),
    seed: whole("seed", 0),
    ...(init === undefined ? {} : { init }),
  };
  if (config.size % 32 !== 0) {
    throw new UsageError(`--size is "${config.size}": expected a multiple of 32`);
  }
  for (const key of ["batch", "width", "size", "seed", "init"] as const) {
    if (resumed && config[key] !== resumed[key]) {
      throw new UsageError(
        `--${key} is "${config[key]}", but the run that goes on has ${resumed[key] ?? "none"}; ` +
          "leave it out, or start a new run with --init",
      );
    }
  }
  return config;
}

/** A finite number above 0 given as text. */
function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) {
    throw new UsageError(`--${option} is "${text}": expected a number above 0`);
  }
  return value;
}
