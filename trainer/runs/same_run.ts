/**
 * Whether a run goes on with what it began with. What changes its data or its labels ends it; what may change the last
 * bits of its numbers is said.
 *
 * @module
 */
import type { RunRecord } from "./run_record.ts";

/** What a run runs on. */
export type RunsOn =
  & Pick<RunRecord, "adapter" | "teacher" | "commit">
  & Partial<Pick<RunRecord, "versions">>;

/**
 * Look whether a run can go on here.
 *
 * @param folder for messages
 * @param then as recorded; what an older record lacks is not compared
 * @returns what differs although the run can go on, a sentence each
 * @throws {Error} when the teacher is another one: half of the labels would be
 */
export function checkSameRun(folder: string, then: RunsOn, now: RunsOn): string[] {
  if (then.teacher && now.teacher && then.teacher.sha256 !== now.teacher.sha256) {
    throw new Error(
      `Cannot resume "${folder}" as its teacher "${then.teacher.name}" is no longer the same model: its SHA-256 is ` +
        `${now.teacher.sha256}, it was ${then.teacher.sha256}; restore that file, or start a new run`,
    );
  }
  const parts = [
    [describeAdapter(then), describeAdapter(now)],
    ...Object.entries(then.versions ?? {}).map(([name, was]) => [
      `${name} ${was}`,
      now.versions && `${name} ${now.versions[name] ?? "(none)"}`,
    ]),
    [then.commit && `commit ${then.commit}`, now.commit && `commit ${now.commit}`],
  ] as const;
  return parts.flatMap(([was, is]) =>
    was === undefined || is === undefined || was === is
      ? []
      : `The run began on ${was} and goes on on ${is}: losses may not be the same to the bit`
  );
}

function describeAdapter({ adapter: { name, kind, subgroups } }: RunsOn): string {
  return `${name} (${kind}) ${subgroups ? "with" : "without"} subgroups`;
}

/** What identifies a list of panoramas. @param names by index */
export async function describePanoramas(
  names: readonly string[],
): Promise<NonNullable<RunRecord["panoramas"]>> {
  const bytes = new TextEncoder().encode(JSON.stringify(names));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { count: names.length, sha256: digest.toHex() };
}

/**
 * Look whether a run still picks from the panoramas that it began with.
 *
 * @param folder for messages
 * @param then as recorded; undefined, of an older record, is not compared
 * @throws {Error} when files came, went or were renamed: every later pick would be another one
 */
export function checkSamePanoramas(
  folder: string,
  then: RunRecord["panoramas"],
  now: RunRecord["panoramas"],
): void {
  if (!then || then.sha256 === now?.sha256) return;
  const count = now?.count ?? 0;
  const change = count === then.count
    ? `there are ${count} as before, but under other names or in another order`
    : `there are ${count}, there were ${then.count}`;
  throw new Error(
    `Cannot resume "${folder}" as its unlabelled panoramas are not those that it began with: ${change}, ` +
      "so that every step would take others; restore the files, or start a new run on those of today",
  );
}
