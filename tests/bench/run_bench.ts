/** Runs the sections of a bench one after the other. */
import { claimsOf } from "./claims.ts";
import { figuresOf } from "./figures.ts";
import { describeMachine, ended } from "./machine.ts";
import { type BenchResult, resultFormat, type SectionName, type Sections } from "./result.ts";
import { sections } from "./sections.ts";
import { sizesOf } from "./sizes.ts";

/** What is asked for. */
export interface BenchRequest {
  readonly quick: boolean;
  readonly names: readonly SectionName[];
  readonly rounds: number;
  say(text: string): void;
}

/** Seconds after which a contest begins no further round. */
const contestSeconds = 180;

/** Measures. A section that breaks down is reported and does not keep the others from being measured. */
export async function runBench({ quick, names, rounds, say }: BenchRequest): Promise<BenchResult> {
  const machine = await describeMachine();
  const threads = machine.cores;
  const pace = { rounds, leastRounds: Math.min(2, rounds), seconds: contestSeconds, threads };
  const bench = { sizes: sizesOf(quick), pace, say };
  const done: Record<string, unknown> = {};
  const broken: Partial<Record<SectionName, string>> = {};
  for (const name of names) {
    try {
      done[name] = await sections[name](bench);
    } catch (error) {
      broken[name] = (error as Error).message;
      say(`${name} broke down: ${broken[name]}`);
    }
  }
  const measured = done as Sections;
  return {
    format: resultFormat,
    quick,
    machine: ended(machine),
    sections: measured,
    broken,
    figures: figuresOf(measured),
    claims: claimsOf(measured, machine.kind),
  };
}
