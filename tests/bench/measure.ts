/**
 * Measurements that need a process of their own: for their memory, their start, or what the environment says.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { runProcess } from "../helpers/command.ts";
import { cpuSeconds, peakMemory } from "./process_figures.ts";

/** What every measurement says besides. */
export interface Whole {
  /** Largest memory of the process, bytes. */
  readonly peakMemory: number;
  /** CPU time of all its threads, start and shader compiler included. */
  readonly cpuSeconds: number;
}

/**
 * Run `measurements/NAME.ts`.
 *
 * @throws Error with the end of what it wrote to stderr, when it failed
 */
export async function measureIn<Result>(
  name: string,
  request: unknown,
  env: Readonly<Record<string, string>> = {},
): Promise<Result & Whole> {
  const file = fileURLToPath(new URL(`measurements/${name}.ts`, import.meta.url));
  const args = ["run", "-A", file, JSON.stringify(request)];
  const { code, stdout, stderr } = await runProcess(Deno.execPath(), args, { env });
  if (code !== 0) {
    const end = stderr.trim().split("\n").slice(-3).join(" ");
    throw new Error(`Cannot measure ${name}: its process ended with ${code}: ${end}`);
  }
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

/** The side of the process: measures what it was asked and says it. */
export async function answerOnce<Asked, Result>(
  measure: (request: Asked) => Promise<Result>,
): Promise<never> {
  const result = await measure(JSON.parse(Deno.args[0]!) as Asked);
  console.log(JSON.stringify({ peakMemory: peakMemory(), cpuSeconds: cpuSeconds(), ...result }));
  Deno.exit(0);
}
