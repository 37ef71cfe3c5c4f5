/**
 * A bench as text.
 *
 * @module
 */
import type { Contest, Standing } from "./contest.ts";
import type { BenchResult, Sections } from "./result.ts";
import { passes } from "./measurements/rates.ts";
import type { Spread } from "./statistics.ts";
import { digits, megabytes, table } from "./table.ts";

function range({ median, min, max }: Spread): string {
  return `${digits(median)} (${digits(min)} to ${digits(max)})`;
}

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
    megabytes(peakMemory!),
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
  return `${text}, ${rounds} rounds in turns\n${table(head, standings.map(standingCells))}`;
}

/** Rows of the table of kernels; the JSON has all. */
const mostKernels = 25;

function stepText({ step }: Sections): string[] {
  if (!step) return [];
  const { peaks, config: { batch, height, student }, whole, parts, kernels } = step;
  const timings = Object.entries({ "whole step": whole, ...parts });
  return [
    `Training step: ${student.name} width ${student.width}, ${height}x${2 * height}, batch ` +
    `${batch.labeled}+${batch.unlabeled}, ${
      digits(step.gflop)
    } GFLOP, ${step.dispatches} dispatches\n` +
    table(
      ["", "s (range)", "CPU s"],
      timings.map(([name, { seconds, cpuSeconds }]) => [
        name,
        range(seconds),
        digits(cpuSeconds.median),
      ]),
    ) +
    `\nmemory: GPU ${megabytes(step.gpuMemory)} MB, process ${megabytes(step.peakMemory)} MB`,
    `Its kernels, each dispatch waited for; the adapter does at most ${
      digits(peaks.gflops)
    } GFLOP/s, ` +
    `${digits(peaks.gigabytes)} GB/s; all convolutions ${digits(step.convolutionRate)} GFLOP/s\n` +
    table(
      ["", "calls", "ms", "share", "GFLOP/s", "GB/s", "of peak"],
      kernels.slice(0, mostKernels).map((row) => [
        row.kernel,
        `${row.dispatches}`,
        digits(row.milliseconds),
        percent(row.share),
        row.gflops > 0 ? digits(row.gflops) : "-",
        digits(row.gigabytes),
        percent(row.ofPeak),
      ]),
    ),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function startText({ starts, memory }: Sections): string[] {
  const texts: string[] = [];
  if (starts) {
    const rows = starts.flatMap(({ name, cold, warm }) =>
      ([["cold", cold], ["warm", warm]] as const).map(([cache, start]) => [
        `${name}, ${cache}`,
        digits(start.opened),
        digits(start.built),
        digits(start.firstDone),
        digits(start.first),
        range(start.ordinary),
      ])
    );
    const head = ["", "device", "built", "first step done", "first step", "ordinary step (range)"];
    texts.push(`Start, seconds since the start of the process\n${table(head, rows)}`);
  }
  if (memory) {
    texts.push(
      `Memory of one ${memory.text}: GPU ${megabytes(memory.gpuMemory)} MB, process ` +
        `${megabytes(memory.peakMemory)} MB; it took ${digits(memory.first)} s, compiling included`,
    );
  }
  return texts;
}

function growthText({ growth }: Sections): string[] {
  if (!growth) return [];
  const head = ["", "s", "grows by", "GFLOP", "GFLOP/s", "plan MB", "process MB"];
  const rows = growth.flatMap(({ respect, costs }) =>
    costs.map((cost) => [
      `${respect} ${cost.size[respect]}`,
      digits(cost.seconds),
      cost.exponent === undefined ? "-" : `${respect}^${cost.exponent.toFixed(2)}`,
      digits(cost.gflop),
      digits(cost.gflop / cost.seconds),
      megabytes(cost.planBytes),
      megabytes(cost.peakMemory),
    ])
  );
  return [`Forward and backward of UniFuse as it grows\n${table(head, rows)}`];
}

function ratesText({ rates }: Sections): string[] {
  if (!rates) return [];
  const rows = rates.convolutions.map(({ text, rates }) => [
    text,
    ...passes.map((pass) => digits(rates[pass])),
  ]);
  return [
    `Convolutions on one core, GFLOP/s; multiply-adds alone ${digits(rates.peak)}\n` +
    table(["", ...passes], rows),
  ];
}

function claimsText({ claims, quick }: BenchResult): string {
  const rows = claims.map(({ claim, wanted, measured, met }) => [
    claim,
    wanted,
    measured,
    met === undefined ? "-" : met ? "met" : "NOT MET",
  ]);
  const note = quick ? ", for other sizes than these small ones" : "";
  return `Promised${note}\n${table(["", "wanted", "measured", ""], rows)}`;
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
    `load      ${machine.load.map(digits).join(" before, ")} after; commit ${
      machine.commit ?? "unknown"
    }`,
  ].join("\n");
  return [
    head,
    ...stepText(sections),
    ...startText(sections),
    ...growthText(sections),
    ...ratesText(sections),
    ...[...convolutions, ...training, ...inference].map(contestText),
    ...Object.entries(broken).map(([name, reason]) => `${name} broke down: ${reason}`),
    claimsText(result),
  ].join("\n\n");
}
