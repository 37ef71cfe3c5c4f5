/**
 * A plan one command at a time: what takes the time, and where a number went bad.
 *
 * @module
 */
import { type Command, encodeAll, submit } from "./command.ts";
import type { Gpu } from "./device.ts";
import type { Phase } from "./dispatch.ts";
import type { Tensor } from "./tensor.ts";
import { timestampPeriod } from "./timestamp_period.ts";
import { type Span, stamp } from "./timestamps.ts";
import { timeByWall, type Timing } from "./timing.ts";

/** What one command of a plan took. */
export interface ProfileRow extends Timing {
  /** Of the dispatch, or `clear NAME`. */
  readonly label: string;
  /** Where in the step it stands. */
  readonly phase: Phase;
  /** Two per multiply-add of what is computed, by its definition; 0 where they are not counted. */
  readonly flops: number;
  /** Two per multiply-add that is done for it: fewer with Winograd's transforms. */
  readonly executed: number;
  /** Bytes that are moved at least: each bound tensor once, twice where it is read and written. */
  readonly traffic: number;
}

/**
 * Run the commands in order, a group in a submit, and tell what each took by the truest clock that the adapter has: its
 * timestamps, each command in a pass of its own, or the wall clock for each by itself, also for those few whose timestamps
 * say nothing (clocks of GPUs can start anew).
 *
 * @param groups none longer than a query set has room for
 */
export async function profile(
  gpu: Gpu,
  groups: readonly (readonly Command[])[],
): Promise<ProfileRow[]> {
  const period = await timestampPeriod(gpu);
  await gpu.device.queue.onSubmittedWorkDone();
  const rows: ProfileRow[] = [];
  for (const group of groups) {
    const spans = period === undefined ? [] : await stampEach(gpu, group);
    for (const [i, command] of group.entries()) {
      const seconds = spans[i] ? Number(spans[i].end - spans[i].begin) * period! : 0;
      const timing: Timing = seconds > 0
        ? { seconds, clock: "timestamps" }
        : await timeByWall(gpu, [command]);
      rows.push(row(command, timing));
    }
  }
  return rows;
}

function stampEach(gpu: Gpu, commands: readonly Command[]): Promise<Span[]> {
  return stamp(gpu, commands.length, ({ encoder, pass, around }) => {
    for (const [i, command] of commands.entries()) {
      if (command.clear) around(i, () => encodeAll([command], encoder)); // which no pass can hold
      else encodeAll([command], encoder, pass(i));
    }
  });
}

function row({ label, phase, flops, executed, traffic }: Command, timing: Timing): ProfileRow {
  return { label, phase, ...timing, flops, executed, traffic };
}

/** The shortest of several profiles, row by row. */
export async function bestProfile(
  profile: () => Promise<readonly ProfileRow[]>,
  times: number,
): Promise<readonly ProfileRow[]> {
  let best = await profile();
  for (let i = 1; i < times; i++) {
    const next = await profile();
    best = best.map((row, k) => next[k]!.seconds < row.seconds ? next[k]! : row);
  }
  return best;
}

/** Run the commands in order and wait for each; `clock` gives seconds. */
export async function waitForEach(
  device: GPUDevice,
  commands: readonly Command[],
  clock: () => number,
): Promise<ProfileRow[]> {
  const rows: ProfileRow[] = [];
  await device.queue.onSubmittedWorkDone();
  for (const command of commands) {
    const start = clock();
    submit(device, [command]);
    const done = device.queue.onSubmittedWorkDone(); // in Deno the wait is in the call; the await adds 10 ms
    const inCall = clock() - start;
    await done;
    const seconds = "Deno" in globalThis ? inCall : clock() - start;
    rows.push(row(command, { seconds, clock: "waits" }));
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
    submit(device, [command]);
    for (const tensor of command.writes) {
      const words = await read(tensor);
      if (words.some((word) => !Number.isFinite(word))) {
        return { label: command.label, tensor: tensor.name };
      }
    }
  }
  return undefined;
}
