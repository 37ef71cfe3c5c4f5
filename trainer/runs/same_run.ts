import type { RunRecord } from "./run_record.ts";

/** What must be as it was for a run to go on with the numbers it began with. */
export type RunsOn = Pick<RunRecord, "adapter" | "teacher">;

/**
 * Look whether a run can go on here.
 *
 * @param folder for messages
 * @returns what differs although the run can go on, in a sentence; undefined if nothing does
 * @throws {Error} when the teacher is another one: half of the labels would be
 */
export function checkSameRun(folder: string, then: RunsOn, now: RunsOn): string | undefined {
  if (then.teacher && now.teacher && then.teacher.sha256 !== now.teacher.sha256) {
    throw new Error(
      `Cannot resume "${folder}" as its teacher "${then.teacher.name}" is no longer the same model: its SHA-256 is ` +
        `${now.teacher.sha256}, it was ${then.teacher.sha256}; restore that file, or start a new run`,
    );
  }
  const [was, is] = [then.adapter, now.adapter];
  if (was.name === is.name && was.kind === is.kind && was.subgroups === is.subgroups) return;
  const described = ({ name, subgroups }: RunRecord["adapter"]): string =>
    `${name} ${subgroups ? "with" : "without"} subgroups`;
  return `The run began on ${described(was)} and goes on on ${described(is)}: ` +
    "losses will not be the same to the bit";
}
