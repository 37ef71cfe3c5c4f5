/**
 * One work, several contestants: each is opened in a process of its own and checked against this project, then they
 * compute in turns.
 *
 * @module
 */
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { ContestantProcess, type Start } from "./contestant_process.ts";
import { writeMaterial } from "./material.ts";
import { largestError } from "./same_result.ts";
import { ratios, type Spread, spread } from "./statistics.ts";
import { iterationsOf, type Runner, takeTurns } from "./turns.ts";
import { learningRate, type Work, workText } from "./work.ts";

/** Who may take part: how it starts, or why it cannot. */
export type Entry =
  & {
    readonly name: string;
    /** Threads, where it can be told; default those of the pace. */
    readonly threads?: number;
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

/** Largest relative error of a tensor that counts as the same computation (float32 gradients of a deep network). */
export const sameWithin = 1e-3;

/** Holds a contest. The first entry is this project; without it there is none. */
export async function hold(
  work: Work,
  entries: readonly Entry[],
  pace: Pace,
  say: (text: string) => void,
): Promise<Contest> {
  await using folder = await temporaryFolder();
  const files = await writeMaterial(folder.path, work);
  const open = { kind: "open", work, learningRate, ...files } as const;
  const skipped = new Map<string, string>();
  const runners: Runner[] = [];
  try {
    for (const entry of entries) {
      if ("absent" in entry) {
        skipped.set(entry.name, entry.absent);
        continue;
      }
      say(`${workText(work)}: ${entry.name}`);
      const process = new ContestantProcess(entry.start);
      try {
        const opened = await process.ask({ ...open, threads: entry.threads ?? pace.threads });
        const to = `${folder.path}/${entry.name}.safetensors`;
        const start = performance.now();
        await process.ask({ kind: "check", to });
        const checking = (performance.now() - start) / 1000;
        const own = `${folder.path}/${entries[0]!.name}.safetensors`;
        const { error, tensor } = await largestError(own, to);
        if (!(error <= sameWithin)) {
          throw new Error(
            `it computes something else: "${tensor}" is off by ${error.toExponential(1)}`,
          );
        }
        const iterations = await iterationsOf(process, checking);
        const { name } = entry;
        runners.push({ name, process, opened, error, iterations, seconds: [], cpuSeconds: [] });
      } catch (error) {
        process.kill();
        if (entry === entries[0]) throw error;
        skipped.set(entry.name, (error as Error).message);
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
    for (const { process } of runners) process.kill();
  }
}

async function standing(runner: Runner, own: Runner): Promise<Standing> {
  const { name, opened: { versions, adapter }, error, seconds, cpuSeconds } = runner;
  return {
    name,
    versions,
    adapter,
    error,
    seconds: spread(seconds),
    cpuSeconds: spread(cpuSeconds),
    timesOwn: ratios(seconds, own.seconds),
    cpuTimesOwn: ratios(cpuSeconds, own.cpuSeconds),
    peakMemory: await runner.process.close(),
  };
}
