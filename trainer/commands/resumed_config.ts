/**
 * The configuration of a run of `deno task train` that goes on.
 *
 * @module
 */
import { parseAssignment } from "../config/assignment.ts";
import { merge, parseConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { checkedConfig } from "./checked_config.ts";
import { UsageError } from "./command.ts";
import { asUsage, flagDifferences, type TrainArguments } from "./train_arguments.ts";

/**
 * The configuration of a run that goes on: its own, but for the total of steps, and for the optimiser's keys, so that a run
 * whose numbers ran away can go on with a smaller step size.
 *
 * @param from steps that are done
 * @throws UsageError for flags that would change the run otherwise, and when there is nothing left to do
 * @throws Error for a run of `deno task teacher`
 */
export async function resumedConfig(
  values: TrainArguments,
  record: RunRecord,
  from: number,
): Promise<TrainConfig> {
  const flag = Object.keys(values).find((flag) => !["resume", "steps", "set"].includes(flag));
  const assignment = values.set?.find((text) => !text.trimStart().startsWith("optim."));
  const other = flag ?? (assignment === undefined ? undefined : `set ${assignment}`);
  if (other !== undefined) {
    throw new UsageError(
      `--resume goes on with the run's own configuration and folder: leave --${other} away; ` +
        "only --steps and --set optim.… may change",
    );
  }
  if ("size" in record.config) { // faces, not panoramas
    throw new Error(
      `Cannot resume "${values.resume}" as it is a teacher's run: go on with deno task teacher --resume`,
    );
  }
  const { steps } = flagDifferences(values);
  const config = await asUsage(() => {
    const changes = (values.set ?? []).map(parseAssignment);
    const total = steps === undefined ? {} : { steps };
    const own = merge({ protocol: "paper" }, record.config); // older runs do not say it: there was no other
    return checkedConfig(parseConfig([total, ...changes].reduce(merge, own)));
  });
  if (from >= config.steps) {
    throw new UsageError(
      steps === undefined
        ? `Cannot resume "${values.resume}" as all of its ${config.steps} steps are done: give a higher total with --steps`
        : `Cannot resume "${values.resume}" as ${from} steps are done: --steps is the total, and ${config.steps} is not more`,
    );
  }
  return config;
}

/** What steps are made by. */
type Training = Pick<TrainConfig, "optim" | "steps">;

/** What of the optimiser is not as it was, a sentence each, for whoever reads the run later. */
export function changedOptimiser(then: Training, now: Training, from: number): string[] {
  const changed = Object.entries(now.optim).flatMap(([key, value]) => {
    const before = then.optim[key as keyof TrainConfig["optim"]];
    return `${before}` === `${value}`
      ? []
      : [`From step ${from} on optim.${key} is ${value}; it was ${before}`];
  });
  if (now.optim.schedule === "cosine" && now.steps !== then.steps) {
    changed.push(
      `From step ${from} on the step size falls to zero at step ${now.steps}; it was at step ${then.steps}`,
    );
  }
  return changed;
}
