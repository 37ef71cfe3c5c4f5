/**
 * The side of a contestant: reads requests from stdin, a line each, computes, answers on stdout.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { stdin } from "node:process";
import type { SafeTensor } from "../../trainer/formats/safetensors.ts";
import { SafetensorsFile, writeSafetensors } from "../../trainer/formats/safetensors_file.ts";
import { cpuSeconds, peakMemory } from "./process_figures.ts";
import type { Reply, Request } from "./work.ts";

/** What tensors of files are made of. */
export type Floats = Float32Array<ArrayBuffer>;

/** The tensors of a material file. */
export type Material = ReadonlyMap<string, { shape: readonly number[]; data: Floats }>;

/** Something that computes a work. */
export interface Contestant {
  readonly versions: Readonly<Record<string, string>>;
  /** The graphics adapter, for those that use one. */
  readonly adapter?: string;
  /** Compute once and give what came out. */
  check(): Promise<Map<string, SafeTensor>>;
  /** Compute so many times and wait for the last. */
  run(iterations: number): Promise<void>;
}

/** What a contestant is opened with. */
export type Opening = Extract<Request, { kind: "open" }>;

/** Serve one work until it is closed. What goes wrong is answered too, with its first line. */
export async function answer(
  open: (request: Opening, material: Material) => Promise<Contestant>,
): Promise<void> {
  let contestant: Contestant | undefined;
  for await (const line of createInterface({ input: stdin })) {
    const request = JSON.parse(line) as Request;
    try {
      if (request.kind === "open") {
        contestant = await open(request, await readMaterial(request.material));
        const { versions, adapter } = contestant;
        say({ kind: "opened", versions, adapter });
      } else if (request.kind === "check") {
        await writeSafetensors(request.to, await contestant!.check());
        say({ kind: "checked" });
      } else if (request.kind === "run") {
        const [start, cpuStart] = [performance.now(), cpuSeconds()];
        await contestant!.run(request.iterations);
        const seconds = (performance.now() - start) / 1000 / request.iterations;
        say({ kind: "ran", seconds, cpuSeconds: (cpuSeconds() - cpuStart) / request.iterations });
      } else {
        say({ kind: "closed", peakMemory: peakMemory() });
        return;
      }
    } catch (error) {
      say({ kind: "failed", reason: (error as Error).message.split("\n")[0]! });
    }
  }
}

function say(reply: Reply): void {
  console.log(JSON.stringify(reply));
}

async function readMaterial(path: string): Promise<Material> {
  using file = await SafetensorsFile.open(path);
  const material = new Map<string, { shape: readonly number[]; data: Floats }>();
  for (const [name, { dtype }] of file.header.entries) {
    if (dtype !== "F32") continue; // indices of sparse maps are for those that replay a tape
    const { shape, data } = await file.read(name);
    material.set(name, { shape, data: data as Floats });
  }
  return material;
}
