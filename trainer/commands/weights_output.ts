/**
 * Where `deno task import` and `export` may write: a mistyped path must not cost a checkpoint.
 *
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { checkpointPath } from "../checkpoints/checkpoint_path.ts";
import { checkpointFiles } from "../runs/checkpoint_files.ts";
import { UsageError } from "./command.ts";

/**
 * Look at the path of a result before anything is read or written.
 *
 * @param output where to write
 * @param ending of the format's files, as in `.onnx`
 * @param input what the weights are read from: a file, which need not be there, or the folder of a run
 * @throws UsageError when the name is of another format, when it is the input, and when it lies among a run's checkpoints,
 * which the run writes and removes
 * @throws Error as `checkpointPath()`
 */
export async function checkWeightsOutput(
  output: string,
  ending: string,
  input: string,
): Promise<void> {
  if (!output.endsWith(ending)) {
    throw new UsageError(`--output is "${output}": expected a path ending in ${ending}`);
  }
  const source = await checkpointPath(input);
  if (await isSameFile(source, output)) {
    throw new UsageError(`--output is "${output}", which is the file to read: name another`);
  }
  const folder = dirname(await realPath(output));
  if (basename(folder) !== "checkpoints") return;
  if ((await checkpointFiles(dirname(folder))).length > 0) {
    throw new UsageError(
      `--output is "${output}", among the checkpoints of the run "${
        dirname(folder)
      }", which go on from there: name a path elsewhere`,
    );
  }
}

/** Whether two paths lead to one file: by links too, whose contents are shared. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => Deno.stat(path).catch(() => null)));
  if (!a || !b) return false;
  if (a.ino !== null && a.ino !== 0) return a.ino === b.ino && a.dev === b.dev;
  return await realPath(one) === await realPath(other);
}

/** With links followed as far as there is something. */
async function realPath(path: string): Promise<string> {
  const whole = resolve(path);
  const found = await Deno.realPath(whole).catch(() => undefined);
  if (found !== undefined || dirname(whole) === whole) return found ?? whole;
  return resolve(await realPath(dirname(whole)), basename(whole));
}
