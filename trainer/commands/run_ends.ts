/**
 * What the commands that write run folders share.
 *
 * @module
 */
import { folderPath } from "../formats/folder_path.ts";
import type { Gpu } from "../gpu/device.ts";
import { RunLock } from "../runs/run_lock.ts";
import { NoSuchRun } from "../runs/run_reader.ts";
import type { RunWriter } from "../runs/run_writer.ts";
import { UsageError } from "./command.ts";

/**
 * Lock the run that `--resume` names.
 *
 * @throws UsageError when there is no such run, as for any other file that a flag names wrongly
 * @throws Error as `RunLock.take()`
 */
export async function lockNamed(resume: string): Promise<RunLock> {
  try {
    return await RunLock.take(folderPath(resume));
  } catch (error) {
    throw error instanceof NoSuchRun ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** A GPU that is gone, or that refused a command, ends the process: the run folder, once there is one, tells why. */
export function endWithout(gpu: Gpu, run: { writer?: RunWriter }): void {
  gpu.device.lost.then(({ reason, message }) => {
    if (reason === "destroyed") return;
    const text = `The GPU was lost: ${message}; go on from the last checkpoint with --resume`;
    run.writer?.fail(text);
    console.error(text);
    Deno.exit(1);
  });
  addEventListener("error", ({ message }) => run.writer?.fail(message));
}
