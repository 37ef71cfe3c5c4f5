/**
 * Where and when a bench ran.
 *
 * @module
 */
import { cpus, loadavg } from "node:os";
import peers from "./peers/deno.json" with { type: "json" };
import project from "../../deno.json" with { type: "json" };
import { openGpu } from "../../trainer/gpu/device.ts";
import { runProcess } from "../helpers/command.ts";

/** What figures depend on. */
export interface Machine {
  readonly adapter: string;
  readonly kind: "cpu" | "gpu";
  readonly subgroups: boolean;
  readonly cpu: string;
  readonly cores: number;
  readonly os: string;
  readonly deno: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** When a section was measured, of which code, and beside how much else. */
export interface Occasion {
  readonly started: string;
  readonly ended: string;
  readonly commit?: string;
  /** Mean number of waiting processes over the last minute, before and after. */
  readonly load: readonly [number, number];
}

function pinned(imports: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).filter(([, pin]) => pin.startsWith("npm:")).map((
      [name, pin],
    ) => [name, pin.slice(pin.lastIndexOf("@") + 1)]),
  );
}

/** Describes this machine. */
export async function describeMachine(): Promise<Machine> {
  const { name: adapter, kind, subgroups, device } = await openGpu();
  device.destroy();
  return {
    adapter,
    kind,
    subgroups,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: navigator.hardwareConcurrency,
    os: `${Deno.build.os} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    versions: pinned({
      "onnxruntime-web": project.imports["onnxruntime-web"],
      ...peers.imports,
    }),
  };
}

/** The commit of this checkout, `-dirty` where it was changed since; `undefined` without git. */
export async function describeCommit(): Promise<string | undefined> {
  const git = await runProcess("git", ["describe", "--always", "--dirty"], {
    cwd: import.meta.dirname!,
  }).catch(() => undefined); // no git here
  return git?.code === 0 ? git.stdout.trim() : undefined;
}

/** Begin an occasion; gives how to end it. */
export function occasion(commit: string | undefined): () => Occasion {
  const [started, before] = [new Date().toISOString(), loadavg()[0]!];
  return () => ({
    started,
    ended: new Date().toISOString(),
    ...(commit !== undefined && { commit }),
    load: [before, loadavg()[0]!],
  });
}
