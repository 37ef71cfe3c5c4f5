/**
 * What `train` says last: what became of the run, and where its files are.
 *
 * @module
 */
import type { Series } from "../runs/history.ts";
import type { JointEnd } from "../training/joint_run.ts";

/**
 * A run that was stopped tells first how to go on; its figures are half of what they may become, and in its folder.
 *
 * @param folder of the run
 * @param figures of a run that is finished; empty where they were not waited for
 */
export function ending(
  { stopped, done, sheet, checkpoint }: Pick<JointEnd, "stopped" | "done" | "sheet" | "checkpoint">,
  folder: string,
  figures: string,
): string {
  return [
    ...stopped
      ? [`Stopped at step ${done}; go on with: deno task train --resume ${folder}`]
      : figures === ""
      ? []
      : [figures, ""],
    `run folder     ${folder}`,
    ...sheet === undefined ? [] : [`contact sheet  ${sheet}`],
    `checkpoint     ${checkpoint}`,
  ].join("\n");
}

/**
 * The result of `--overfit`: how far the loss of the one batch fell. Held-out figures say nothing of that.
 *
 * @param losses `loss/total` of the run by steps done, of all its resumes
 */
export function overfitText(losses: Series | undefined): string {
  const [first, last] = [losses?.values[0], losses?.values.at(-1)];
  if (first === undefined || last === undefined) {
    return "Total loss of the frozen batch: not recorded";
  }
  return `Total loss of the frozen batch: ${first.toFixed(3)} at step ${losses!.steps[0]} -> ${
    last.toFixed(3)
  } at step ${losses!.steps.at(-1)}, ${(last / first).toFixed(3)} of its start`;
}
