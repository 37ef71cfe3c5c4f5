/**
 * What the commands that write run folders share.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { RunWriter } from "../runs/run_writer.ts";

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
