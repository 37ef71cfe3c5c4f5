/** Puts a checkpoint into a run folder and makes it the latest one, whole or not at all. */
import { nameLatest, pathOfStep } from "./checkpoint_files.ts";
import { latestCheckpoint } from "./run_reader.ts";

/**
 * Stores the checkpoint of a step and names it the latest.
 *
 * @param write writes the file; nothing partial may stay under the name it is given
 * @returns the path
 * @throws {Error} with the reason and what to do; the checkpoint before stays the latest then
 */
export async function saveCheckpoint(
  folder: string,
  step: number,
  write: (path: string) => Promise<void>,
): Promise<string> {
  const path = pathOfStep(folder, step);
  try {
    await Deno.mkdir(`${folder}/checkpoints`, { recursive: true });
    await write(path);
    await nameLatest(folder, step);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(
      `Cannot save the checkpoint of step ${step}: ${message}; ${await remedy(folder, message)}`,
      { cause: error },
    );
  }
  return path;
}

/** What to do when a checkpoint cannot be saved. */
async function remedy(folder: string, message: string): Promise<string> {
  const mend = /No space left|os error 28\b/.test(message) ? "free some space" : "put that right";
  return await latestCheckpoint(folder).then(
    ({ step }) => `${mend} and go on from step ${step} with --resume ${folder}`,
    () => `${mend} and start anew: there is no checkpoint before it`,
  );
}
