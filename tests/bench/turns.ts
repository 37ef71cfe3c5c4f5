/**
 * Contestants that compute in turns.
 *
 * @module
 */
import type { Difference, Opened } from "./checking.ts";
import type { Pace } from "./contest.ts";
import type { ContestantProcess } from "./contestant_process.ts";
import type { Sides } from "./sides.ts";

/** Seconds that a turn should last at least: a wait for Deno's GPU costs 11 ms. */
const turnSeconds = 0.25;

/** From here on a first computation tells enough of the others. */
const slowSeconds = 30;

/** A contestant that is open and was checked. */
export interface Runner {
  readonly name: string;
  readonly opened: Opened;
  readonly difference: Difference;
  readonly sides: Sides | undefined;
  readonly wrong: string | undefined;
  readonly iterations: number;
  readonly seconds: number[];
  readonly cpuSeconds: number[];
  /** Why it takes no more turns: its process died, or it said so. */
  failed?: string;
}

/** How often a contestant computes in a turn. @param checking seconds that its first computation took */
export async function iterationsOf(process: ContestantProcess, checking: number): Promise<number> {
  if (checking > slowSeconds) return 1; // it is warm, and every computation of it counts
  const { seconds, cpuSeconds } = await process.ask({ kind: "run", iterations: 1 });
  const own = Math.min(seconds, cpuSeconds); // a busy machine makes it wait, which is no reason for a short turn
  return Math.max(1, Math.min(50, Math.round(turnSeconds / own)));
}

/**
 * Rounds until the pace says stop; gives how many there were. Who fails is out, and the others go on.
 *
 * @throws Error when the first fails, whom all are compared with
 */
export async function takeTurns(runners: readonly Runner[], pace: Pace): Promise<number> {
  const start = performance.now();
  for (let round = 0; round < pace.rounds; round++) {
    const late = (performance.now() - start) / 1000 > pace.seconds;
    if (late && round >= pace.leastRounds) return round;
    for (let turn = 0; turn < runners.length; turn++) {
      const runner = runners[(turn + round) % runners.length]!; // nobody always comes after the same one
      if (runner.failed === undefined) await takeTurn(runner, runner === runners[0], round);
    }
  }
  return pace.rounds;
}

async function takeTurn(runner: Runner, essential: boolean, round: number): Promise<void> {
  const { opened: { process }, iterations } = runner;
  try {
    const { seconds, cpuSeconds } = await process.ask({ kind: "run", iterations });
    runner.seconds.push(seconds);
    runner.cpuSeconds.push(cpuSeconds);
  } catch (error) {
    if (essential) throw error;
    process.kill();
    runner.failed = `it failed in round ${round + 1}: ${(error as Error).message}`;
  }
}
