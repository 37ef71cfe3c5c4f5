/**
 * Where a checkpoint is: a run folder stands for its newest one.
 *
 * @module
 */
import { latestCheckpoint } from "../runs/run_reader.ts";

/**
 * The file that a path stands for.
 *
 * @param path a file, which need not be there, or the folder of a run
 * @throws Error for a folder that is no run, or has no checkpoint
 */
export async function checkpointPath(path: string): Promise<string> {
  const isFolder = await Deno.stat(path).then((info) => info.isDirectory, () => false);
  return isFolder ? (await latestCheckpoint(path.replace(/(?<=.)\/+$/, ""), "use")).path : path;
}
