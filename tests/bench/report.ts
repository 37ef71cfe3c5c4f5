/**
 * A bench as text.
 *
 * @module
 */
import { notMeasured } from "./claims.ts";
import type { Contest, Standing } from "./contest.ts";
import { ownTexts } from "./report_own.ts";
import type { BenchResult } from "./result.ts";
import { sidesText } from "./sides.ts";
import { digits, megabytes, range, table } from "./table.ts";

function standingCells(standing: Standing): string[] {
  const { name, seconds, cpuSeconds, timesOwn, cpuTimesOwn, error, peakMemory, versions } =
    standing;
  if (!seconds || !cpuSeconds || !timesOwn || !cpuTimesOwn) {
    return [name, "-", "-", "-", "-", "-", "-", standing.skipped!];
  }
  return [
    name,
    range({
      median: 1000 * seconds.median,
      min: 1000 * seconds.min,
      max: 1000 * seconds.max,
    }),
    digits(1000 * cpuSeconds.median),
    range(timesOwn),
    range(cpuTimesOwn),
    error!.toExponential(0),
    peakMemory === undefined ? "-" : megabytes(peakMemory),
    Object.entries(versions!).map((entry) => entry.join(" ")).join(", "),
  ];
}

function contestText({ text, rounds, standings }: Contest): string {
  const head = [
    "",
    "ms (range)",
    "CPU ms",
    "times ours (range)",
    "CPU times ours",
    "error",
    "MB",
    "version",
  ];
  const notes = standings.flatMap(({ name, sides, wrong }) => [
    ...(sides ? [`${name}: ${sidesText(sides)}`] : []),
    ...(wrong ? [`${name} is wrong: ${wrong}; its time may be that of less work`] : []),
  ]);
  const title = `${text}, ${rounds} rounds in turns`;
  return [title, table(head, standings.map(standingCells)), ...notes].join("\n");
}

function claimsText({ claims, quick, machine }: BenchResult): string {
  const found = claims.filter(({ measured }) => measured !== notMeasured);
  const rows = found.map(({ claim, wanted, measured, met }) => [
    claim,
    wanted,
    measured,
    met === undefined ? "-" : met ? "met" : "NOT MET",
  ]);
  const note = quick
    ? ", for other sizes than these small ones"
    : machine.kind === "gpu"
    ? ", for software adapters"
    : "";
  const left = claims.length - found.length;
  const rest = left > 0 ? `\n${left} more are of sections that were left out` : "";
  return `Promised${note}\n${table(["", "wanted", "measured", ""], rows)}${rest}`;
}

function occasionsText({ occasions }: BenchResult): string {
  const rows = Object.entries(occasions).map(([name, { started, ended, commit, load }]) => [
    name,
    started.slice(0, 16),
    digits((Date.parse(ended) - Date.parse(started)) / 60_000),
    load.map(digits).join(" to "),
    commit ?? "unknown",
  ]);
  return table(["section", "begun", "minutes", "load", "commit"], rows);
}

/** Everything that was measured, section by section, and what was promised. */
export function reportText(result: BenchResult): string {
  const { machine, sections, broken } = result;
  const { convolutions = [], training = [], inference = [] } = sections;
  const head = [
    `adapter   ${machine.adapter}${
      machine.kind === "cpu" ? ", a software adapter: its ratios say nothing about GPUs" : ""
    }`,
    `machine   ${machine.cores} x ${machine.cpu}, ${machine.os}, Deno ${machine.deno}`,
  ].join("\n");
  return [
    head,
    occasionsText(result),
    ...ownTexts(sections),
    ...[...convolutions, ...training, ...inference].map(contestText),
    ...Object.entries(broken).map(([name, reason]) => `${name} broke down: ${reason}`),
    claimsText(result),
  ].join("\n\n");
}
