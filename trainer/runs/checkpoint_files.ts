/** The checkpoints of a run folder: which there are, which is the latest, and which may go. */
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { stepName } from "./events.ts";

/** A checkpoint of a run. */
export interface CheckpointFile {
  readonly path: string;
  /** Steps done when it was written. */
  readonly step: number;
}

/** The step that a name such as `step-00000500.safetensors` tells; undefined for other names. */
export function stepOf(name: string): number | undefined {
  const digits = /^step-(\d+)\.safetensors$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Path of the checkpoint of a step, whether it is there or not. */
export function pathOfStep(folder: string, step: number): string {
  return `${folder}/checkpoints/${stepName(step)}.safetensors`;
}

/** All checkpoints of a run, the newest first; none where there is no such folder. */
export async function checkpointFiles(folder: string): Promise<CheckpointFile[]> {
  const found: CheckpointFile[] = [];
  try {
    for await (const { name } of Deno.readDir(`${folder}/checkpoints`)) {
      const step = stepOf(name);
      if (step !== undefined) found.push({ path: `${folder}/checkpoints/${name}`, step });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((a, b) => b.step - a.step);
}

/** Says which checkpoint a run goes on from. */
export async function nameLatest(folder: string, step: number): Promise<void> {
  const text = `${stepName(step)}.safetensors\n`;
  await writeFileAtomic(`${folder}/checkpoints/latest`, new TextEncoder().encode(text));
}

/**
 * Removes the oldest checkpoints.
 *
 * @param step of the newest one: later ones are of a past that a resume took back, and do not count
 * @param keep how many stay
 * @returns those that could not be removed, with the reason; one that is already gone is not among them
 */
export async function removeOldest(
  folder: string,
  step: number,
  keep: number,
): Promise<{ path: string; reason: string }[]> {
  const counted = (await checkpointFiles(folder)).filter((file) => file.step <= step);
  const stuck = [];
  for (const { path } of counted.slice(Math.max(1, keep))) {
    try {
      await Deno.remove(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      stuck.push({ path, reason: (error as Error).message });
    }
  }
  return stuck;
}
