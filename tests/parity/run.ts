/**
 * Runs the topics of a reference folder and prints a line per case.
 *
 * @module
 */
import { type CaseResult, passes, worst } from "./check.ts";
import { openReference, type TopicFolder } from "./reference.ts";
import { affineInvariant } from "./topics/affine_invariant_loss.ts";
import { cube } from "./topics/cube.ts";
import { depthPng } from "./topics/depth_png.ts";
import { distillation } from "./topics/distillation_path.ts";
import { grids } from "./topics/grids.ts";
import { metrics } from "./topics/metrics.ts";
import { unifuseNetwork } from "./topics/unifuse.ts";
import { rotation } from "./topics/rotation.ts";

/** Gives the results of a topic's cases one by one. */
export type Topic = (folder: TopicFolder) => AsyncIterable<CaseResult>;

/** The topics that are checked, by number. */
export const TOPICS: Readonly<Record<number, Topic>> = {
  1: grids,
  2: rotation,
  3: cube,
  4: distillation,
  5: affineInvariant,
  7: unifuseNetwork,
  9: metrics,
  11: depthPng,
};

/** How many cases passed and failed. */
export interface Tally {
  passed: number;
  failed: number;
}

/**
 * Runs topics.
 *
 * @param root the reference folder
 * @param print takes each line
 * @param only numbers of the topics to run; all by default
 * @returns the counts; a topic that is not checked yet counts as neither
 * @throws {RangeError} if the folder is not a reference folder
 */
export async function runParity(
  root: string,
  print: (line: string) => void,
  only?: readonly number[],
): Promise<Tally> {
  const tally = { passed: 0, failed: 0 };
  for (const folder of await openReference(root)) {
    if (only && !only.includes(folder.number)) continue;
    const topic = TOPICS[folder.number];
    if (!topic) {
      print(`${folder.number} ${folder.name}: not yet`);
      continue;
    }
    for await (const { line, passed } of runTopic(folder, topic)) {
      print(line);
      if (passed) tally.passed++;
      else tally.failed++;
    }
  }
  return tally;
}

/** The cases of one topic as lines. A topic that stops on an error gives one failed line with the reason. */
export async function* runTopic(
  folder: TopicFolder,
  topic: Topic,
): AsyncGenerator<{ line: string; passed: boolean }> {
  const name = `${folder.number} ${folder.name}`;
  try {
    for await (const result of topic(folder)) {
      yield { line: `${name}  ${describe(result)}`, passed: result.checks.every(passes) };
    }
  } catch (error) {
    yield { line: `${name}  stopped: ${(error as Error).message}  FAIL`, passed: false };
  }
}

function describe({ id, checks, defined }: CaseResult): string {
  const failed = checks.filter((check) => !passes(check));
  const shown = failed.length > 0 ? failed : checks.length > 0 ? [worst(checks)] : [];
  const errors = shown.map(({ quantity, error, tolerance }) =>
    `${quantity} ${short(error)} of ${short(tolerance)}`
  );
  const note = defined ? `  [defined: ${defined}]` : "";
  return `${id}  ${errors.join(", ")}  ${failed.length > 0 ? "FAIL" : "pass"}${note}`;
}

function short(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1e-2 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}
