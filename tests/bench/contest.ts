/**
 * One work, several contestants: each is opened in a process of its own and checked against this project, then they
 * compute in turns.
 *
 * @module
 */
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { type Opened, openOn } from "./checking.ts";
import type { Start } from "./contestant_process.ts";
import { judge } from "./judging.ts";
import { writeMaterial } from "./material.ts";
import type { Sides } from "./sides.ts";
import { ratios, type Spread, spread } from "./statistics.ts";
import { iterationsOf, type Runner, takeTurns } from "./turns.ts";
import { type Work, workText } from "./work.ts";

/** Who may take part: how it starts, or why it cannot. */
export type Entry =
  & {
    readonly name: string;
    /** Threads, where it can be told; default those of the pace. */
    readonly threads?: number;
    /** Whether it can compute a training step with this project's side of each threshold (sides.ts). */
    readonly takesSides?: boolean;
  }
  & ({ readonly start: Start } | { readonly absent: string });

/** How long a contest may take. */
export interface Pace {
  /** Rounds wanted. */
  readonly rounds: number;
  /** After so many seconds no further round is begun, once there are `leastRounds`. */
  readonly seconds: number;
  readonly leastRounds: number;
  readonly threads: number;
}

/** What became of a contestant. */
export interface Standing {
  readonly name: string;
  /** Why it was not timed: absent, failed, or wrong. */
  readonly skipped?: string;
  readonly versions?: Readonly<Record<string, string>>;
  readonly adapter?: string;
  /** Relative L2 error of the worst tensor against this project's. */
  readonly error?: number;
  /** Where that is much: what is left of it on one side of all thresholds. */
  readonly sides?: Sides;
  /** What it computes wrongly at this size, though not at a small one: it may do less than all of the work. */
  readonly wrong?: string;
  /** Wall time of one computation. */
  readonly seconds?: Spread;
  /** CPU time of all its threads. */
  readonly cpuSeconds?: Spread;
  /** Its wall time over this project's, per round. */
  readonly timesOwn?: Spread;
  /** Its CPU time over this project's, per round. */
  readonly cpuTimesOwn?: Spread;
  readonly peakMemory?: number;
}

/** A contest's result. */
export interface Contest {
  readonly work: Work;
  readonly text: string;
  readonly rounds: number;
  readonly standings: readonly Standing[];
}

/** Holds a contest. The first entry is this project; without it there is none. */
export async function hold(
  work: Work,
  entries: readonly Entry[],
  pace: Pace,
  say: (text: string) => void,
): Promise<Contest> {
  const [first] = entries;
  if (!first || "absent" in first) throw new Error("Cannot hold a contest without this project");
  await using folder = await temporaryFolder();
  const files = await writeMaterial(folder.path, work);
  const path = (name: string): string => `${folder.path}/${name}.safetensors`;
  const skipped = new Map<string, string>();
  const runners: Runner[] = [];
  try {
    for (const entry of entries) {
      if ("absent" in entry) {
        skipped.set(entry.name, entry.absent);
        continue;
      }
      say(`${workText(work)}: ${entry.name}`);
      const { name, start, threads = pace.threads } = entry;
      let opened: Opened | undefined;
      try {
        opened = await openOn(work, files, { start, threads, result: path(name) });
        const own = { start: first.start, result: path(first.name) };
        const judged = await judge(work, files, own, { ...entry, threads, result: opened.result });
        const iterations = await iterationsOf(opened.process, opened.seconds);
        const times = { seconds: [], cpuSeconds: [] };
        runners.push({ name, opened, ...judged, iterations, ...times });
      } catch (error) {
        opened?.process.kill();
        if (entry === first) throw error;
        skipped.set(name, (error as Error).message);
      }
    }
    const rounds = await takeTurns(runners, pace);
    const standings: Standing[] = [];
    for (const { name } of entries) {
      const runner = runners.find((runner) => runner.name === name);
      standings.push(
        runner ? await standing(runner, runners[0]!) : { name, skipped: skipped.get(name)! },
      );
    }
    return { work, text: workText(work), rounds, standings };
  } finally {
    for (const { opened } of runners) opened.process.kill();
  }
}

async function standing(runner: Runner, own: Runner): Promise<Standing> {
  const { name, opened, difference, sides, wrong, seconds, cpuSeconds, failed } = runner;
  if (failed !== undefined) return { name, skipped: failed };
  const { versions, adapter, process } = opened;
  return {
    name,
    versions,
    adapter,
    error: difference.error,
    ...(sides === undefined ? {} : { sides }),
    ...(wrong === undefined ? {} : { wrong }),
    seconds: spread(seconds),
    cpuSeconds: spread(cpuSeconds),
    timesOwn: ratios(seconds, own.seconds),
    cpuTimesOwn: ratios(cpuSeconds, own.cpuSeconds),
    peakMemory: await process.close(),
  };
}
