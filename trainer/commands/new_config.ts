/**
 * The configuration of a new run of `deno task train`, and what it starts from.
 *
 * @module
 */
import { withAbsolutePaths } from "../config/absolute_paths.ts";
import { loadConfig, presetFor } from "../config/load.ts";
import { defaultPreset } from "../config/presets.ts";
import { merge } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";
import { findStudent } from "../models/student.ts";
import { checkBatch, fewestParts, partsText } from "../training/batch_parts.ts";
import { FirstWeights } from "../training/first_weights.ts";
import { checkedConfig } from "./checked_config.ts";
import {
  checkInitFlags,
  type InitFile,
  initFiles,
  initText,
  openInitFile,
  studentOfInit,
  suitedToInit,
} from "./init_flags.ts";
import { suitedText, suitPreset } from "./suited_preset.ts";
import { asUsage, flagDifferences, type TrainArguments } from "./train_arguments.ts";

/** The configuration of a new run, with what the introduction says of it. */
export interface NewConfig {
  readonly config: TrainConfig;
  /** What it was made of: a preset, a file. */
  readonly preset: string;
  /** Lines that say what was chosen for the user: by the file of first weights, for this adapter. */
  readonly chosen: readonly string[];
  /** What the run starts from: looked at, and open. */
  readonly first: FirstWeights;
}

/**
 * The configuration of a new run on an adapter: by its preset, by what the file of `--init` or `--init-encoder` wants, and
 * with the batch in as many parts as the adapter needs to bind it, unless the user names these.
 *
 * @throws UsageError for values, keys, students, sources, styles and first weights that there are not, and for a batch that
 * the adapter cannot take
 */
export function newConfigOn(
  { kind, limits }: Pick<Gpu, "kind" | "limits">,
  named: TrainArguments,
): Promise<NewConfig> {
  return asUsage(async () => {
    using opened = new DisposableStack();
    const preset = defaultPreset(kind);
    const values = await initFiles(named);
    const init = await openInitFile(values);
    if (init) opened.use(init.file);
    const { config: whole, said } = await resolved(values, preset, init);
    checkBatch(whole, limits);
    const parts = whole.batch.parts > 1 ? whole.batch.parts : fewestParts(whole, limits);
    const set = [`batch.parts=${parts}`, ...values.set ?? []];
    const { config } = await resolved({ ...values, set }, preset, init);
    const flagged = init?.name === config.student.init;
    if (flagged) opened.move(); // from here on the first weights close it
    const first = await FirstWeights.open(config.student, flagged ? init?.file : undefined);
    using started = new DisposableStack();
    started.use(first);
    checkInitFlags(values, first.kind);
    started.move();
    const same = config.batch.parts === whole.batch.parts;
    const suitable = suitPreset(presetFor(values.config, preset), config.student.name);
    const suited = suitedText(suitable, config);
    return {
      config: await withAbsolutePaths(config),
      preset: presetText(values.config, preset, suited),
      chosen: [...said, ...same ? [] : [partsText(config, limits)]],
      first,
    };
  });
}

/** A configuration, and what the file of first weights changed of it. */
async function resolved(
  values: TrainArguments,
  preset: string,
  init: InitFile | undefined,
): Promise<{ config: TrainConfig; said: string[] }> {
  const flags = merge(init ? studentOfInit(init) : {}, flagDifferences(values));
  const sources = { preset, flags, set: values.set };
  const { student: { name } } = await loadConfig(values.config, sources);
  const suited = { ...sources, machine: suitPreset(presetFor(values.config, preset), name) };
  const without = await loadConfig(values.config, suited);
  if (!init) return { config: await checkedConfig(without), said: [] };
  const wanted = suitedToInit(init, findStudent(name));
  const config = await checkedConfig(await loadConfig(values.config, { ...suited, init: wanted }));
  const text = initText(init, without, config, values.height !== undefined);
  return { config, said: text === undefined ? [] : [text] };
}

/** What `--config` names, in words. @param preset that of this machine @param suited what of it suits the student */
function presetText(config: string | undefined, preset: string, suited: string): string {
  const name = presetFor(config, preset);
  const what = config === undefined ? "this machine's default" : `changed by ${config}`;
  return [name, ...name === config ? [] : [what], ...suited ? [suited] : []].join(", ");
}
