/**
 * Runs the topics of a reference folder and prints a line per case.
 *
 * @module
 */
import { type CaseRun, type Outcome, passes, worst } from "./check.ts";
import { openReference, type TopicFolder } from "./reference.ts";
import { affineInvariant } from "./topics/affine_invariant_loss.ts";
import { berhu } from "./topics/berhu.ts";
import { checkpoints } from "./topics/checkpoints.ts";
import { cube } from "./topics/cube.ts";
import { depthPng } from "./topics/depth_png.ts";
import { distillation } from "./topics/distillation_path.ts";
import { grids } from "./topics/grids.ts";
import { jointStep } from "./topics/joint_step.ts";
import { metrics } from "./topics/metrics.ts";
import { network } from "./topics/network.ts";
import { rotation } from "./topics/rotation.ts";

/** Lists the cases of a topic. */
export type Topic = (folder: TopicFolder) => Iterable<CaseRun>;

/** The topics that are checked, by number. */
export const TOPICS: Readonly<Record<number, Topic>> = {
  1: grids,
  2: rotation,
  3: cube,
  4: distillation,
  5: affineInvariant,
  6: berhu,
  7: network,
  8: network,
  9: metrics,
  10: checkpoints,
  11: depthPng,
  12: jointStep,
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
 * @throws {RangeError} if the folder is not a reference folder, or has none of the topics that are asked for
 */
export async function runParity(
  root: string,
  print: (line: string) => void,
  only?: readonly number[],
): Promise<Tally> {
  const tally = { passed: 0, failed: 0 };
  const folders = await openReference(root);
  const numbers = folders.map((folder) => folder.number);
  for (const n of only ?? []) {
    if (numbers.includes(n)) continue;
    throw new RangeError(`Cannot check topic ${n} as "${root}" has only ${numbers.join(", ")}`);
  }
  for (const folder of folders) {
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

/** A line about one case, and whether it passed. */
export interface CaseLine {
  readonly line: string;
  readonly passed: boolean;
}

/** The cases of one topic as lines. What throws has failed with the reason; the other cases go on. */
export async function* runTopic(folder: TopicFolder, topic: Topic): AsyncGenerator<CaseLine> {
  const name = `${folder.number} ${folder.name}`;
  try {
    for (const { id, run } of topic(folder)) yield await runCase(`${name}  ${id}`, run);
  } catch (error) {
    yield { line: `${name}  stopped: ${(error as Error).message}  FAIL`, passed: false };
  }
}

async function runCase(name: string, run: () => Promise<Outcome>): Promise<CaseLine> {
  try {
    const { checks, defined } = await run();
    const failed = checks.filter((check) => !passes(check));
    const shown = failed.length > 0 ? failed : checks.length > 0 ? [worst(checks)] : [];
    const errors = shown.map(({ quantity, error, tolerance }) =>
      `${quantity} ${short(error)} of ${short(tolerance)}`
    );
    const note = defined ? `  [defined: ${defined}]` : "";
    const passed = failed.length === 0;
    return { line: `${name}  ${errors.join(", ")}  ${passed ? "pass" : "FAIL"}${note}`, passed };
  } catch (error) {
    return { line: `${name}  stopped: ${(error as Error).message}  FAIL`, passed: false };
  }
}

function short(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1e-2 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}
