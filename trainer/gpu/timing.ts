/**
 * How long commands take.
 *
 * Timestamps are the truest clock on software adapters too: the 878 dispatches of a student's step on llvmpipe (UniFuse at width
 * 0.5, 128x256, two images, six rounds in turns) take 0.34 to 0.45 s, took 0.34 to 0.42 s by them, and 0.77 to 1.1 s where each
 * was waited for.
 *
 * @module
 */
import { type Command, encodeAll, submit } from "./command.ts";
import type { Gpu } from "./device.ts";
import { elapsed } from "./elapsed.ts";
import { repeats } from "./repeats.ts";
import { timestampPeriod } from "./timestamp_period.ts";
import { stamp } from "./timestamps.ts";

/**
 * What a time was taken by:
 * - `timestamps`: the GPU's own clock, at the start and the end;
 * - `repeats`: the wall clock, of so many repeats in one submit that the wait is short beside them;
 * - `waits`: the wall clock or another of the host, of one submit and the wait for its end, 0.1 to 1 ms longer than the work.
 */
export type Clock = "timestamps" | "repeats" | "waits";

/** How times were measured, for readers of a table. */
export const clockWords: Readonly<Record<Clock, string>> = {
  timestamps: "by the GPU's timestamps",
  repeats: "by the wall clock, repeated for 20 ms or longer",
  waits: "each waited for",
};

/** Seconds, and how they were measured. */
export interface Timing {
  /** Of one run. */
  readonly seconds: number;
  /** What they were taken by. */
  readonly clock: Clock;
}

/** Seconds of a measurement by repeats, beside which the wait is short. */
const longEnough = 0.02;

/** Seconds of some commands in one submit, by the truest clock that the adapter has. The queue must be empty. */
export async function time(gpu: Gpu, commands: readonly Command[]): Promise<Timing> {
  const period = await timestampPeriod(gpu);
  if (period !== undefined) {
    const [span] = await stamp(gpu, 1, ({ encoder, around }) => {
      around(0, () => encodeAll(commands, encoder));
    });
    const seconds = Number(span!.end - span!.begin) * period;
    if (seconds > 0) return { seconds, clock: "timestamps" };
  }
  return await timeByWall(gpu, commands);
}

/** The same without timestamps. On a software adapter most commands take longer than the wait: one run is enough. */
export async function timeByWall(gpu: Gpu, commands: readonly Command[]): Promise<Timing> {
  const { device } = gpu;
  const run = (times: number): Promise<number> => {
    const repeated = Array.from({ length: times }, () => commands).flat();
    return elapsed(device, () => submit(device, repeated));
  };
  if (gpu.kind === "cpu") return { seconds: await run(1), clock: "waits" };
  const { times, seconds } = await repeats(run, longEnough);
  return { seconds: seconds / times, clock: "repeats" };
}
