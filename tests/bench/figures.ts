/**
 * The numbers of a bench by name, for comparisons.
 *
 * @module
 */
import type { Contest } from "./contest.ts";
import type { Sections } from "./result.ts";
import type { Spread } from "./statistics.ts";

/** One number. */
export interface Figure extends Spread {
  readonly name: string;
  readonly unit: "s" | "GFLOP/s" | "MB" | "times";
  /** Which way is better. */
  readonly better: "less" | "more";
}

function figure(
  name: string,
  unit: Figure["unit"],
  better: Figure["better"],
  value: number | Spread,
) {
  const spread = typeof value === "number" ? { median: value, min: value, max: value } : value;
  const { median, min, max } = spread;
  return { name, unit, better, median, min, max };
}

function seconds(name: string, value: number | Spread): Figure {
  return figure(name, "s", "less", value);
}

function megabytes(name: string, bytes: number): Figure {
  return figure(name, "MB", "less", bytes / 1e6);
}

function contestFigures({ text, standings }: Contest): Figure[] {
  return standings.flatMap((standing) => {
    if (!standing.seconds || !standing.cpuSeconds || !standing.timesOwn || !standing.cpuTimesOwn) {
      return [];
    }
    const name = `${text}: ${standing.name}`;
    return [
      seconds(name, standing.seconds),
      seconds(`${name}, CPU`, standing.cpuSeconds),
      figure(`${name}, times this project`, "times", "more", standing.timesOwn),
      figure(`${name}, CPU, times this project`, "times", "more", standing.cpuTimesOwn),
    ];
  });
}

/** All figures of the sections that are there. */
export function figuresOf(sections: Sections): Figure[] {
  const { step, starts = [], memory, growth = [], rates, feed } = sections;
  const { convolutions = [], training = [], inference = [] } = sections;
  const figures: Figure[] = [];
  if (step) {
    figures.push(seconds("step", step.whole.seconds), seconds("step, CPU", step.whole.cpuSeconds));
    for (const [name, part] of Object.entries(step.parts)) {
      figures.push(seconds(`step: ${name}`, part.seconds));
    }
    figures.push(figure("step: all convolutions", "GFLOP/s", "more", step.convolutions.rate));
    for (const { kernel, milliseconds } of step.kernels) {
      figures.push(seconds(`step, kernel ${kernel}`, milliseconds / 1000));
    }
    figures.push(
      megabytes("step: process", step.peakMemory),
      megabytes("step: GPU", step.gpuMemory),
    );
  }
  for (const { name, cold, warm } of starts) {
    figures.push(seconds(`${name}: first step done, cold`, cold.firstDone));
    figures.push(seconds(`${name}: first step done, warm`, warm.firstDone));
    figures.push(seconds(`${name}: first step, warm`, warm.first));
    figures.push(seconds(`${name}: ordinary step`, warm.ordinary));
  }
  for (const way of memory ? (["kept", "recomputed"] as const) : []) {
    const { peakMemory, gpuMemory } = memory![way];
    figures.push(megabytes(`${memory!.text}, ${way}: process`, peakMemory));
    figures.push(megabytes(`${memory!.text}, ${way}: GPU`, gpuMemory));
  }
  for (const { respect, costs } of growth) {
    for (const cost of costs) {
      figures.push(seconds(`step at ${respect} ${cost.size[respect]}`, cost.seconds));
    }
  }
  for (const { text, rates: own } of rates?.convolutions ?? []) {
    for (const [pass, { rate }] of Object.entries(own)) {
      figures.push(figure(`one core, ${text}: ${pass}`, "GFLOP/s", "more", rate));
    }
  }
  for (const when of ["cold", "warm"] as const) {
    if (feed) figures.push(seconds(`feed: device waits, ${when}`, feed[when].deviceIdle / 1000));
  }
  return [...figures, ...[...convolutions, ...training, ...inference].flatMap(contestFigures)];
}
