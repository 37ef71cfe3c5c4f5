/** Runs the sections of a bench one after the other. */
import { claimsOf } from "./claims.ts";
import { figuresOf } from "./figures.ts";
import {
  describeCommit,
  describeMachine,
  type Machine,
  type Occasion,
  occasion,
} from "./machine.ts";
import { type BenchResult, resultFormat, type SectionName, type Sections } from "./result.ts";
import { readResult, writeResult } from "./result_file.ts";
import { sections as measures } from "./sections.ts";
import { sizesOf } from "./sizes.ts";

/** What is asked for. */
export interface BenchRequest {
  readonly quick: boolean;
  readonly names: readonly SectionName[];
  readonly rounds: number;
  /** File that the result is written to after every section; what other sections it has stays. */
  readonly output?: string | undefined;
  say(text: string): void;
}

/** Seconds after which a contest begins no further round. */
const contestSeconds = 180;

/** Measures. A section that breaks down is reported and does not keep the others from being measured. */
export async function runBench(
  { quick, names, rounds, output, say }: BenchRequest,
): Promise<BenchResult> {
  const machine = await describeMachine();
  const commit = await describeCommit();
  const threads = machine.cores;
  const pace = { rounds, leastRounds: Math.min(2, rounds), seconds: contestSeconds, threads };
  const bench = { sizes: sizesOf(quick), pace, say };
  const before = output === undefined ? undefined : await readResult(output, { quick, machine });
  const measured: Record<string, unknown> = { ...before?.sections };
  const broken: Partial<Record<SectionName, string>> = { ...before?.broken };
  const occasions: Partial<Record<SectionName, Occasion>> = { ...before?.occasions };
  const result = (): BenchResult =>
    summed(machine, quick, { sections: measured as Sections, broken, occasions });
  for (const name of names) {
    delete measured[name];
    delete broken[name];
    const end = occasion(commit);
    try {
      measured[name] = await measures[name](bench);
    } catch (error) {
      broken[name] = (error as Error).message;
      say(`${name} broke down: ${broken[name]}`);
    }
    occasions[name] = end();
    if (output !== undefined) await writeResult(output, result());
  }
  return result();
}

function summed(
  machine: Machine,
  quick: boolean,
  found: Pick<BenchResult, "sections" | "broken" | "occasions">,
): BenchResult {
  const { sections } = found;
  const figures = figuresOf(sections);
  const claims = claimsOf(sections, { kind: machine.kind, quick });
  return { format: resultFormat, quick, machine, ...found, figures, claims };
}
