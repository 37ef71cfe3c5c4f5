/**
 * A plan one command at a time: what takes the time, and where a number went bad.
 *
 * @module
 */
import { type Command, encode } from "./command.ts";
import type { Phase } from "./dispatch.ts";
import type { Tensor } from "./tensor.ts";

/** What one command of a plan took. */
export interface ProfileRow {
  /** Of the dispatch, or `clear NAME`. */
  readonly label: string;
  /** Where in the step it stands. */
  readonly phase: Phase;
  /** By the clock of the profile. */
  readonly seconds: number;
  /** Two per multiply-add of what is computed, by its definition; 0 where they are not counted. */
  readonly flops: number;
  /** Two per multiply-add that is done for it: fewer with Winograd's transforms. */
  readonly executed: number;
  /** Bytes that are moved at least: each bound tensor once, twice where it is read and written. */
  readonly traffic: number;
}

/** Run the commands in order and wait for each; `clock` gives seconds. */
export async function profile(
  device: GPUDevice,
  commands: readonly Command[],
  clock: () => number,
): Promise<ProfileRow[]> {
  const { queue } = device;
  const rows: ProfileRow[] = [];
  await queue.onSubmittedWorkDone();
  for (const command of commands) {
    const start = clock();
    submitOne(device, command);
    const done = queue.onSubmittedWorkDone(); // in Deno the wait is in the call; the await adds 10 ms
    const inCall = clock() - start;
    await done;
    const seconds = "Deno" in globalThis ? inCall : clock() - start;
    const { label, phase, flops, executed, traffic } = command;
    rows.push({ label, phase, seconds, flops, executed, traffic });
  }
  return rows;
}

/** Run the commands in order until one writes a number that is NaN or infinite; `read` gives a tensor's numbers. */
export async function trace(
  device: GPUDevice,
  commands: readonly Command[],
  read: (tensor: Tensor) => Promise<Float32Array>,
): Promise<{ label: string; tensor: string } | undefined> {
  for (const command of commands) {
    submitOne(device, command);
    for (const tensor of command.writes) {
      const words = await read(tensor);
      if (words.some((word) => !Number.isFinite(word))) {
        return { label: command.label, tensor: tensor.name };
      }
    }
  }
  return undefined;
}

function submitOne(device: GPUDevice, command: Command): void {
  const encoder = device.createCommandEncoder({ label: command.label });
  encode(command, encoder, undefined)?.end();
  device.queue.submit([encoder.finish()]);
}
