/**
 * Runs that nothing is trained in, to test what is written into run folders and read from them.
 *
 * @module
 */
import { resolveConfig } from "../../trainer/config/resolve.ts";
import { writeSafetensors } from "../../trainer/formats/safetensors_file.ts";
import { RunReader } from "../../trainer/runs/run_reader.ts";
import { describeRun, type RunRecord } from "../../trainer/runs/run_record.ts";

/** What a run of the preset `smoke` would write down. */
export function smokeRecord(name: string): Promise<RunRecord> {
  return describeRun({
    name,
    config: resolveConfig({ preset: "smoke" }),
    adapter: { name: "test", kind: "cpu", subgroups: false },
    argv: ["--steps", "6"],
    teacherThreads: 2,
  });
}

/** All that a run folder tells by now. */
export async function readRun(folder: string): Promise<RunReader> {
  const reader = new RunReader(folder);
  await reader.refresh();
  return reader;
}

/** Writes the smallest file that a resume can read. */
export function writeEmptyCheckpoint(path: string): Promise<void> {
  return writeSafetensors(path, []);
}
