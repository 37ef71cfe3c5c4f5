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
  readonly started: string;
  readonly ended?: string;
  readonly adapter: string;
  readonly kind: "cpu" | "gpu";
  readonly subgroups: boolean;
  readonly cpu: string;
  readonly cores: number;
  readonly os: string;
  readonly deno: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit?: string;
  /** Mean number of waiting processes over the last minute, before and after. */
  readonly load: readonly number[];
}

function pinned(imports: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).filter(([, pin]) => pin.startsWith("npm:")).map((
      [name, pin],
    ) => [name, pin.slice(pin.lastIndexOf("@") + 1)]),
  );
}

/** Describes this machine before the bench begins. */
export async function describeMachine(): Promise<Machine> {
  const { name: adapter, kind, subgroups, device } = await openGpu();
  device.destroy();
  const git = await runProcess("git", ["describe", "--always", "--dirty"], {
    cwd: import.meta.dirname!,
  }).catch(() => undefined); // no git here
  return {
    started: new Date().toISOString(),
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
    ...(git?.code === 0 ? { commit: git.stdout.trim() } : {}),
    load: [loadavg()[0]!],
  };
}

/** After it. */
export function ended(machine: Machine): Machine {
  return {
    ...machine,
    ended: new Date().toISOString(),
    load: [...machine.load, loadavg()[0]!],
  };
}
