/**
 * What the user asks of `deno task train`, as a configuration. Everything that can be known to be wrong before work
 * begins is wrong usage.
 *
 * @module
 */
import { loadConfig } from "../config/load.ts";
import { defaultPreset, PRESETS } from "../config/presets.ts";
import type { Differences } from "../config/recipes.ts";
import { merge, parseConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import { EmbeddedSource } from "../data/embedded_source.ts";
import { roomSource } from "../data/room_panoramas.ts";
import { type Style, styles } from "../data/rooms/rooms.ts";
import { parseSpec } from "../data/spec.ts";
import type { Gpu } from "../gpu/device.ts";
import { studentAt } from "../models/student.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { fewestParts, partsText } from "../training/batch_parts.ts";
import { checkFirstWeights } from "../training/first_weights.ts";
import { UsageError, wholeNumber } from "./command.ts";
import { checkInitFlags, studentOfInit } from "./init_flags.ts";
import { suitedText, suitPreset } from "./suited_preset.ts";

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

/**
 * The configuration of a new run.
 *
 * @param preset that of this machine, when the user names none
 * @throws UsageError for values, keys, students, sources, styles and first weights that there are not
 */
export async function newConfig(
  values: TrainArguments,
  preset: string,
): Promise<TrainConfig> {
  return await usage(async () => {
    const config = await resolved(values, preset);
    checkInitFlags(values, await checkFirstWeights(config.student));
    return config;
  });
}

/** All but a look at the first weights. */
async function resolved(values: TrainArguments, preset: string): Promise<TrainConfig> {
  const flags = merge(await studentOfInit(values), flagDifferences(values));
  const sources = { preset, flags, set: values.set };
  const { student } = await loadConfig(values.config, sources);
  const machine = suitPreset(preset, student.name);
  return checked(await loadConfig(values.config, { ...sources, machine }));
}

/** The configuration of a new run, with what the introduction says of it. */
export interface NewConfig {
  readonly config: TrainConfig;
  /** What it was made of: a preset, a file. */
  readonly preset: string;
  /** Says that the batch is split for this adapter, if it is. */
  readonly split?: string;
}

/** What `--config` names, in words. @param preset that of this machine @param suited what of it suits the student */
function presetText(config: string | undefined, preset: string, suited: string): string {
  if (config !== undefined && Object.hasOwn(PRESETS, config)) return config;
  const what = config === undefined ? "this machine's default" : `changed by ${config}`;
  return [preset, what, ...suited ? [suited] : []].join(", ");
}

/**
 * The configuration of a new run on an adapter: by its preset, with the batch in as many parts as the adapter needs to
 * bind it, unless the user names `batch.parts`.
 *
 * @throws as {@link newConfig}
 */
export async function newConfigOn(
  { kind, limits }: Pick<Gpu, "kind" | "limits">,
  values: TrainArguments,
): Promise<NewConfig> {
  const preset = defaultPreset(kind);
  const whole = await usage(() => resolved(values, preset));
  const parts = whole.batch.parts > 1 ? whole.batch.parts : fewestParts(whole, limits);
  const config = await newConfig(
    { ...values, set: [`batch.parts=${parts}`, ...values.set ?? []] },
    preset,
  );
  const same = config.batch.parts === whole.batch.parts;
  const suited = suitedText(suitPreset(preset, config.student.name), config);
  const named = { config, preset: presetText(values.config, preset, suited) };
  return same ? named : { ...named, split: partsText(config, limits) };
}

/**
 * The configuration of a run that goes on: its own, but for the total of steps.
 *
 * @param from steps that are done
 * @throws UsageError for flags that would change the run, and when there is nothing left to do
 * @throws Error for a run of `deno task teacher`
 */
export async function resumedConfig(
  values: TrainArguments,
  record: RunRecord,
  from: number,
): Promise<TrainConfig> {
  const other = Object.keys(values).find((flag) => flag !== "resume" && flag !== "steps");
  if (other !== undefined) {
    throw new UsageError(
      `--resume goes on with the run's own configuration and folder: leave --${other} away; only --steps may change`,
    );
  }
  if ("size" in record.config) { // faces, not panoramas
    throw new Error(
      `Cannot resume "${values.resume}" as it is a teacher's run: go on with deno task teacher --resume`,
    );
  }
  const { steps } = flagDifferences(values);
  const config = await usage(() =>
    checked(parseConfig({ ...record.config, ...(steps === undefined ? {} : { steps }) }))
  );
  if (from >= config.steps) {
    throw new UsageError(
      `Cannot resume "${values.resume}" as all of its ${config.steps} steps are done: give a higher total with --steps`,
    );
  }
  return config;
}

/** Values of the named flags as differences of the configuration. */
function flagDifferences(values: TrainArguments): Differences {
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
    recompute: values.recompute,
    overfit: values.overfit,
  };
}

/** Names that the schema does not know; @throws RangeError or SyntaxError that lists the known ones. */
function checked(config: TrainConfig): TrainConfig {
  const { student, height, batch, labeled, unlabeled, evaluation } = config;
  studentAt(student.name, height, student.options);
  if (batch.labeled > 0) labeled.forEach(roomSource);
  if (batch.unlabeled > 0) unlabeled.forEach(checkUnlabeled);
  for (const style of evaluation.styles) {
    if (!styles.includes(style as Style)) {
      throw new RangeError(
        `Cannot use evaluation.styles = ${style}: there are ${styles.join(", ")}`,
      );
    }
  }
  return config;
}

/** As the loader will find out, but at once. */
function checkUnlabeled(text: string): void {
  const spec = parseSpec(text);
  if (spec.name === "panoramas") new EmbeddedSource(spec, 1);
  else if (spec.name !== "folder") {
    throw new RangeError(
      `Cannot train on "${text}" as unlabelled data: use --labeled for it; unlabelled are panoramas and folder:PATH`,
    );
  }
}

/** Whatever is wrong with a configuration, its file and its names is wrong usage. */
async function usage<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
