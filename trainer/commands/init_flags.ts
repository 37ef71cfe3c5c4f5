/**
 * `--init` and `--init-encoder` of `deno task train`: both set `student.init`, whose file tells what it starts and how such
 * a start is trained.
 *
 * @module
 */
import { checkpointPath } from "../checkpoints/checkpoint_path.ts";
import { encoderPrefix, fitEncoder } from "../checkpoints/encoder.ts";
import { perfectFit, type Recognised } from "../checkpoints/recognise.ts";
import { trainedHeight } from "../checkpoints/student_checkpoint.ts";
import type { WeightsFile } from "../checkpoints/weights_file.ts";
import type { Differences } from "../config/recipes.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { Student } from "../models/student.ts";
import { type FirstWeights, openInit } from "../training/first_weights.ts";
import { UsageError } from "./command.ts";

/** The two flags. */
export interface InitFlags {
  readonly init?: string;
  readonly "init-encoder"?: string;
}

/** Step size of the released training. The presets' larger ones are for random weights: they undo trained ones. */
const RELEASED_STEP_SIZE = 1e-4;

/** The same flags with the files that they stand for: a run folder's newest checkpoint, which another day is another. */
export async function initFiles<F extends InitFlags>(flags: F): Promise<F> {
  const files: InitFlags = {};
  for (const flag of ["init", "init-encoder"] as const) {
    const name = flags[flag];
    if (name === undefined || name === "random" || name === "builtin") continue;
    Object.assign(files, { [flag]: await checkpointPath(name) });
  }
  return { ...flags, ...files };
}

/** The open file of a flag. */
export interface InitFile {
  readonly flag: "init" | "init-encoder";
  /** As it was named. */
  readonly name: string;
  readonly file: WeightsFile;
  /** The student that it is a checkpoint of, if it is one. */
  readonly whole: Recognised | undefined;
}

/** Open the file of a flag; undefined where there is none. @throws as `openInit()` */
export async function openInitFile(flags: InitFlags): Promise<InitFile | undefined> {
  const flag = flags.init === undefined ? "init-encoder" : "init";
  const name = flags[flag];
  if (name === undefined || name === "random") return undefined;
  const file = await openInit(name);
  return { flag, name, file, whole: perfectFit(file.entries) };
}

/** What `--init` trains unless the user says otherwise: the student that its file is of, with its options and its width. */
export function studentOfInit({ flag, whole }: InitFile): Differences {
  if (flag !== "init" || !whole) return {};
  return { student: { name: whole.student.name, ...whole.options } };
}

/**
 * What a start from a file wants in the place of the preset: a whole checkpoint the height that it was trained at and a small
 * step size, encoders their width.
 */
export function suitedToInit({ flag, file, whole }: InitFile, student: Student): Differences {
  if (flag === "init") {
    const height = trainedHeight(file.settings);
    return whole ? { optim: { lr: RELEASED_STEP_SIZE }, ...(height && { height }) } : {};
  }
  const prefix = encoderPrefix(file.entries);
  if (prefix === undefined || student.encoders.length === 0) return {};
  return { student: { width: fitEncoder(student, { width: 1 }, file.entries, prefix).width } };
}

/**
 * A line of a run's introduction: what the file of a flag changed, and what it does not tell.
 *
 * @param without the configuration without these changes
 * @param config the configuration as it is
 * @param named whether the user named a height
 * @returns undefined where there is nothing to say
 */
export function initText(
  { flag, name, file, whole }: InitFile,
  without: TrainConfig,
  config: TrainConfig,
  named: boolean,
): string | undefined {
  const changes: [what: string, was: number, is: number, why: string][] = [
    ["width", without.student.width, config.student.width, "its own"],
    ["height", without.height, config.height, "that it was trained at"],
    [
      "step size",
      without.optim.lr,
      config.optim.lr,
      "the released one, which keeps what it learnt",
    ],
  ];
  const said = changes.filter(([, was, is]) => was !== is)
    .map(([what, was, is, why]) => `${what} ${is}, ${why}, instead of ${was}`);
  if (flag === "init" && whole && !named && trainedHeight(file.settings) === undefined) {
    said.push(`it does not tell its height, ${config.height} is taken: name another with --height`);
  }
  return said.length === 0 ? undefined : `first       ${name}: ${said.join("; ")}`;
}

/** A flag must not promise what its file does not hold. @throws UsageError naming the right one */
export function checkInitFlags(
  { init, "init-encoder": encoder }: InitFlags,
  kind: FirstWeights["kind"],
): void {
  if (init !== undefined && encoder !== undefined) {
    throw new UsageError("--init starts the encoders too: leave --init-encoder away");
  }
  if (init !== undefined && kind === "encoders") {
    throw new UsageError(`--init ${init} holds an encoder alone: use --init-encoder ${init}`);
  }
  if (encoder !== undefined && kind === "student") {
    throw new UsageError(`--init-encoder ${encoder} is a whole checkpoint: use --init ${encoder}`);
  }
}
