/**
 * `--init` and `--init-encoder` of `deno task train`: both set `student.init`, whose file tells what it starts.
 *
 * @module
 */
import { perfectFit } from "../checkpoints/recognise.ts";
import { openWeights } from "../checkpoints/weights_file.ts";
import type { Differences } from "../config/recipes.ts";
import type { FirstWeights } from "../training/first_weights.ts";
import { UsageError } from "./command.ts";

/** The two flags. */
export interface InitFlags {
  readonly init?: string;
  readonly "init-encoder"?: string;
}

/**
 * What `--init` trains unless the user says otherwise: the student that its file is of, with its options and its width.
 *
 * @throws as `openWeights()`
 */
export async function studentOfInit({ init }: InitFlags): Promise<Differences> {
  if (init === undefined || init === "random" || init === "builtin") return {};
  using file = await openWeights(init);
  const found = perfectFit(file.entries);
  return found ? { student: { name: found.student.name, ...found.options } } : {};
}

/** A flag must not promise what its file does not hold. @throws UsageError naming the right one */
export function checkInitFlags(
  { init, "init-encoder": encoder }: InitFlags,
  kind: FirstWeights,
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
