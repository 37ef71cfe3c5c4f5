/**
 * The train command as a process, with the tiny student made known to it.
 *
 * @module
 */
import { type Outcome, ROOT, runProcess, taskWords } from "./command.ts";

/** Arguments of Deno for a training with the permissions that the `train` task has. */
export function denoArguments(args: readonly string[], entry = "train_tiny.ts"): string[] {
  const flags = taskWords("train").filter((word) => word.startsWith("-"));
  return ["run", ...flags, `tests/helpers/${entry}`, ...args];
}

/** Run a training to its end. */
export function runTrain(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  return runProcess(Deno.execPath(), denoArguments(args), { cwd: ROOT, env });
}

/** Start a training; it goes on until it is interrupted. @param entry file of this folder to run */
export function startTrain(args: readonly string[], entry?: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: denoArguments(args, entry),
    cwd: ROOT,
    env: { NO_COLOR: "1", DENOW: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
