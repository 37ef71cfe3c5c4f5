import { fileURLToPath } from "node:url";

/** Root of the checkout. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** What a process said and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `deno run` on a file of the checkout, from its root. */
export function runDeno(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  return runProcess(Deno.execPath(), ["run", ...args], { cwd: ROOT, env });
}

/** What a task of `deno.json` gives `deno run`: its permissions and its file. */
export function taskWords(task: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  return tasks[task].command.split(/\s+/).slice(2);
}

/** Runs a process to its end. */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; clearEnv?: boolean } = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    ...options,
    args: [...args],
    env: { NO_COLOR: "1", DENOW: "", ...options.env }, // the tests may be run by denow
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
