/**
 * The configuration of a run of `deno task train` that goes on.
 *
 * @module
 */
import { parseConfig } from "../config/resolve.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { checkedConfig } from "./checked_config.ts";
import { UsageError } from "./command.ts";
import { asUsage, flagDifferences, type TrainArguments } from "./train_arguments.ts";

/**
 * The configuration of a run that goes on: its own, but for the total of steps.
 *
 * @param from steps that are done
 * @throws UsageError for flags that would change the run, and when there is nothing left to do
 * @throws Error for a run of `deno task teacher`
 */
export async function resumedConfig(
  values: TrainArguments,
  record: RunRecord,
  from: number,
): Promise<TrainConfig> {
  const other = Object.keys(values).find((flag) => flag !== "resume" && flag !== "steps");
  if (other !== undefined) {
    throw new UsageError(
      `--resume goes on with the run's own configuration and folder: leave --${other} away; only --steps may change`,
    );
  }
  if ("size" in record.config) { // faces, not panoramas
    throw new Error(
      `Cannot resume "${values.resume}" as it is a teacher's run: go on with deno task teacher --resume`,
    );
  }
  const { steps } = flagDifferences(values);
  const config = await asUsage(() =>
    checkedConfig(parseConfig({ ...record.config, ...(steps === undefined ? {} : { steps }) }))
  );
  if (from >= config.steps) {
    throw new UsageError(
      `Cannot resume "${values.resume}" as all of its ${config.steps} steps are done: give a higher total with --steps`,
    );
  }
  return config;
}
