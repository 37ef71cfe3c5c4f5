/** `config.json` of a run: the whole configuration and everything else that decides its numbers. */
import project from "../../deno.json" with { type: "json" };
import type { TrainConfig } from "../config/schema.ts";
import { writeFileAtomic } from "../formats/atomic_file.ts";

/** What `config.json` holds; `Config` is the joint training's unless another network is trained. */
export interface RunRecord<Config = TrainConfig> {
  readonly name: string;
  /** ISO 8601. */
  readonly created: string;
  /** Every key, defaults resolved. */
  readonly config: Config;
  /** Of Deno and its parts, and of every package that the project pins. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly os: string; readonly arch: string; readonly cores: number };
  readonly adapter: {
    readonly name: string;
    readonly kind: "cpu" | "gpu";
    readonly subgroups: boolean;
  };
  /**
   * Tiles of the convolution kernels for GPUs by bucket of shapes, as they were chosen when the run began; the others are
   * the default ones, as all are where this is undefined.
   */
  readonly tiles?: Readonly<Record<string, string>>;
  /** Arguments of the command, without the program. */
  readonly argv: readonly string[];
  /** Commit of the checkout, with `+` when it had changes; undefined outside git or without permission. */
  readonly commit?: string;
  /** Threads that the wasm teacher ran on; its numbers depend on it. */
  readonly teacherThreads: number;
  /** The teacher's model, external weights included; undefined without one. */
  readonly teacher?: { readonly name: string; readonly sha256: string };
  /** What unlabelled panoramas are picked from: how many, and the SHA-256 of their names; undefined without any. */
  readonly panoramas?: { readonly count: number; readonly sha256: string };
}

/** What only the trainer knows of a record; the rest is looked up. */
export interface RunFacts<Config = TrainConfig> {
  readonly name: string;
  readonly config: Config;
  readonly adapter: RunRecord["adapter"];
  readonly tiles?: RunRecord["tiles"];
  readonly argv: readonly string[];
  readonly teacherThreads: number;
  readonly teacher?: RunRecord["teacher"];
}

/** Completes a record with versions, machine, time and commit. */
export async function describeRun<Config>(
  facts: RunFacts<Config>,
): Promise<RunRecord<Config>> {
  const commit = await gitCommit();
  return {
    name: facts.name,
    created: new Date().toISOString(),
    config: facts.config,
    versions: { ...Deno.version, ...packageVersions(project.imports) },
    machine: {
      os: Deno.build.os,
      arch: Deno.build.arch,
      cores: navigator.hardwareConcurrency,
    },
    adapter: facts.adapter,
    ...(facts.tiles && { tiles: facts.tiles }),
    argv: facts.argv,
    ...(commit === undefined ? {} : { commit }),
    teacherThreads: facts.teacherThreads,
    ...(facts.teacher === undefined ? {} : { teacher: facts.teacher }),
  };
}

/** Writes `config.json`, also over the one that is there, as when a resume raises the total of steps. */
export async function writeRecord(folder: string, record: RunRecord<unknown>): Promise<void> {
  const text = JSON.stringify(record, null, 2) + "\n";
  await writeFileAtomic(`${folder}/config.json`, new TextEncoder().encode(text));
}

/** Versions by package, from pins such as `npm:sharp@0.35.5`. */
function packageVersions(imports: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).map(([name, pin]) => [name, pin.slice(pin.lastIndexOf("@") + 1)]),
  );
}

/** Commit of the checkout that this file stands in. */
async function gitCommit(): Promise<string | undefined> {
  if ((await Deno.permissions.query({ name: "run", command: "git" })).state !== "granted") return;
  const git = async (...args: string[]): Promise<string> => {
    const cwd = new URL(".", import.meta.url);
    const { success, stdout } = await new Deno.Command("git", { args, cwd, stderr: "null" })
      .output();
    if (!success) throw new Error("git failed");
    return new TextDecoder().decode(stdout).trim();
  };
  try {
    const commit = await git("rev-parse", "HEAD");
    const changes = await git("status", "--porcelain", "--untracked-files=no");
    return changes ? `${commit}+` : commit;
  } catch {
    return undefined;
  }
}
