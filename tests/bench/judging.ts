/**
 * Whether what a contestant computed at the size that is timed is what this project computed.
 *
 * @module
 */
import { type Difference, differenceText, differenceWhenSmall, sameWithin } from "./checking.ts";
import type { Start } from "./contestant_process.ts";
import type { MaterialFiles } from "./material.ts";
import { largestError } from "./same_result.ts";
import { compareOnOneSide, sameOnOneSide, type Sides } from "./sides.ts";
import type { Work } from "./work.ts";

/** Somebody who computed once. */
export interface Computed {
  readonly start: Start;
  /** Path of what came out. */
  readonly result: string;
}

/** What was found. */
export interface Judged {
  /** The worst tensor. */
  readonly difference: Difference;
  /** Where that is much and the contestant can tell: what is left on one side of all thresholds. */
  readonly sides: Sides | undefined;
  /** What it computes wrongly, though not at a small size. */
  readonly wrong: string | undefined;
}

/**
 * Compare a contestant with this project.
 *
 * @throws Error when it is wrong at a small size too
 */
export async function judge(
  work: Work,
  files: MaterialFiles,
  own: Computed,
  other: Computed & { readonly threads: number; readonly takesSides?: boolean },
): Promise<Judged> {
  const difference = await largestError(own.result, other.result);
  if (difference.error <= sameWithin) return { difference, sides: undefined, wrong: undefined };
  const sides = work.kind === "training" && other.takesSides
    ? await compareOnOneSide(work, files, own.result, other)
    : undefined;
  const wrong = sides && sides.difference.error <= sameOnOneSide
    ? undefined
    : await wrongOnlyHere(work, own, other, sides?.difference ?? difference);
  return { difference, sides, wrong };
}

/**
 * A contestant whose numbers are wrong at the size that is timed is timed all the same if they are right at a small one:
 * it is the same program, and an adapter's limit stands in its way. (llvmpipe ends every loop after 65 535 rounds, which
 * leaves out part of a sum over all pixels.)
 *
 * @returns what is wrong here
 * @throws Error when it is wrong at the small size too
 */
async function wrongOnlyHere(
  work: Work,
  own: Computed,
  { start, threads }: { readonly start: Start; readonly threads: number },
  here: Difference,
): Promise<string> {
  const small = await differenceWhenSmall(work, own.start, start, threads);
  if (!(small.error <= sameWithin)) {
    throw new Error(`it computes something else: ${differenceText(small)} at a small size`);
  }
  return `${differenceText(here)} at this size, ${small.error.toExponential(0)} at a small one`;
}
