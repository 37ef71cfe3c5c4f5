/**
 * The flags of `deno task train`, and what they change of a configuration.
 *
 * @module
 */
import type { Differences } from "../config/recipes.ts";
import { UsageError, wholeNumber } from "./command.ts";

/** Flags of the command, for `parseArgs()`. */
export const trainOptions = {
  config: { type: "string" },
  student: { type: "string" },
  labeled: { type: "string", multiple: true },
  unlabeled: { type: "string", multiple: true },
  teacher: { type: "string" },
  steps: { type: "string" },
  "batch-size": { type: "string" },
  height: { type: "string" },
  seed: { type: "string" },
  init: { type: "string" },
  "init-encoder": { type: "string" },
  out: { type: "string" },
  resume: { type: "string" },
  precision: { type: "string" },
  recompute: { type: "boolean" },
  overfit: { type: "boolean" },
  set: { type: "string", multiple: true },
} as const;

/** Parsed flags. */
export type TrainArguments = {
  readonly [F in keyof typeof trainOptions]?: (typeof trainOptions)[F] extends { multiple: true }
    ? string[]
    : (typeof trainOptions)[F]["type"] extends "boolean" ? boolean
    : string;
};

/** Values of the named flags as differences of the configuration. */
export function flagDifferences(values: TrainArguments): Differences {
  const number = (
    option: "steps" | "batch-size" | "height" | "seed",
    least = 1,
  ): number | undefined => {
    const text = values[option];
    return text === undefined ? undefined : wholeNumber(option, text, least);
  };
  const size = number("batch-size");
  return {
    student: { name: values.student, init: values.init ?? values["init-encoder"] },
    labeled: values.labeled,
    unlabeled: values.unlabeled,
    teacher: { model: values.teacher },
    steps: number("steps"),
    batch: { labeled: size, unlabeled: size },
    height: number("height"),
    seed: number("seed", 0),
    precision: values.precision,
    recompute: values.recompute,
    overfit: values.overfit,
  };
}

/** Whatever is wrong with a configuration, its file and its names is wrong usage. */
export async function asUsage<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
