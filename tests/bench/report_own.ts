/**
 * What was measured of this project alone, as text.
 *
 * @module
 */
import { clockWords } from "../../trainer/gpu/timing.ts";
import { passes } from "./measurements/rates.ts";
import type { Sections } from "./result.ts";
import { feedText } from "./report_feed.ts";
import type { Spread } from "./statistics.ts";
import { digits, megabytes, range, table } from "./table.ts";

/** Rows of the table of kernels; the JSON has all. */
const mostKernels = 25;

function stepText({ step }: Sections): string[] {
  if (!step) return [];
  const { peaks, config: { batch, height, student }, whole, parts, kernels } = step;
  const timings = Object.entries({ "whole step": whole, ...parts });
  const { seconds, rate, ofPeak, executedOfPeak } = step.convolutions;
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
    `All its convolutions, one after the other: ${range(seconds)} s, ${
      range(rate)
    } GFLOP/s counted as direct\n` +
    `convolutions, ${
      percents(ofPeak)
    } of the multiply-adds that the adapter does in the same round. Winograd's tiles\n` +
    `need fewer: those that are done are ${percents(executedOfPeak)} of them.`,
    `Its kernels, ${
      step.clocks.map((clock) => clockWords[clock]).join(" or ")
    }, the best of some; measured peaks: ${digits(peaks.gflops)} GFLOP/s, ${
      digits(peaks.gigabytes)
    } GB/s.\n` +
    "GFLOP/s: counted as direct convolutions; done: without what Winograd's tiles save. Of peak: the larger of what is\n" +
    "done and what is moved, each bound tensor once; above 100 % where caches serve.\n" +
    table(
      ["", "calls", "ms", "share", "GFLOP/s", "done", "GB/s", "of peak"],
      kernels.slice(0, mostKernels).map((row) => [
        row.kernel,
        `${row.dispatches}`,
        digits(row.milliseconds),
        percent(row.share),
        ...[row.gflops, row.executed].map((rate) => rate > 0 ? digits(rate) : "-"),
        digits(row.gigabytes),
        percent(row.ofPeak),
      ]),
    ),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function percents({ median, min, max }: Spread): string {
  return `${percent(median)} (${percent(min)} to ${percent(max)})`;
}

function startText({ starts, memory }: Sections): string[] {
  const texts: string[] = [];
  for (const { name, cold, warm } of starts ?? []) {
    const rows = cold.spans.map((span, i) => [
      span.name,
      ...[span, warm.spans[i]!].flatMap(({ from, to, cpuSeconds }) => [
        `${digits(from)} to ${digits(to)}`,
        digits(cpuSeconds),
      ]),
    ]);
    texts.push(
      `Start of ${name}, ${cold.pipelines} pipelines, seconds since the start of the process\n` +
        table(["", "cold shader cache", "CPU", "warm", "CPU"], rows) +
        `\nordinary step  ${range(cold.ordinary)}, ${range(warm.ordinary)}`,
    );
  }
  if (memory) {
    const rows = ([["activations kept", memory.kept], ["--recompute", memory.recomputed]] as const)
      .map(([way, step]) => [
        way,
        megabytes(step.gpuMemory),
        megabytes(step.peakMemory),
        digits(step.seconds),
      ]);
    texts.push(
      `Memory of one ${memory.text}\n` +
        table(["", "GPU MB", "process MB", "s, compiling included"], rows),
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
    ...passes.map((pass) => `${digits(rates[pass].rate)}${rates[pass].effective ? " *" : ""}`),
  ]);
  return [
    `Convolutions on one core, GFLOP/s by CPU time, the best of some; multiply-adds alone ${
      digits(rates.peak)
    }\n* by Winograd's tiles, counted as a direct convolution: the effective rate\n` +
    table(["", ...passes], rows),
  ];
}

/** Step, starts, memory, growth, rates and feed, those that there are. */
export function ownTexts(sections: Sections): string[] {
  return [stepText, startText, growthText, ratesText, feedText].flatMap((text) => text(sections));
}
