/**
 * The parts of a bench, each measured by itself.
 *
 * @module
 */
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { type Contest, hold, type Pace } from "./contest.ts";
import { entriesFor, torchEntries } from "./entries.ts";
import { feed } from "./feed_section.ts";
import { kernelTable } from "./kernel_table.ts";
import { measureIn, type Whole } from "./measure.ts";
import type { MemoryResult } from "./measurements/memory.ts";
import type { RatesResult } from "./measurements/rates.ts";
import type { StartRequest, StartResult } from "./measurements/start.ts";
import type { StepResult } from "./measurements/step.ts";
import type { StepCost } from "../../trainer/training/step_cost.ts";
import type * as Result from "./result.ts";
import type { Respect, Sizes } from "./sizes.ts";
import { growth } from "./statistics.ts";
import { type Work, workText } from "./work.ts";

/** What all sections need. */
export interface Bench {
  readonly sizes: Sizes;
  readonly pace: Pace;
  /** Tells what is being done. */
  say(text: string): void;
}

async function step({ sizes, pace, say }: Bench): Promise<Result.StepSection> {
  say("a training step and its parts");
  const request = { config: sizes.step, rounds: pace.rounds };
  const { profile, ...rest } = await measureIn<StepResult>("step", request);
  const clocks = [...new Set(profile.map(({ clock }) => clock))];
  return { ...rest, clocks, kernels: kernelTable(profile, rest.peaks) };
}

/** A start with a shader cache of its own, twice: Mesa's is a folder; other drivers keep theirs, and both are warm. */
async function startTwice(name: string, request: StartRequest): Promise<Result.StartSection> {
  await using folder = await temporaryFolder();
  const env = { MESA_SHADER_CACHE_DIR: folder.path };
  const start = (): Promise<StartResult & Whole> => measureIn<StartResult>("start", request, env);
  return { name, cold: await start(), warm: await start() };
}

async function starts({ sizes, say }: Bench): Promise<Result.StartSection[]> {
  const all: Result.StartSection[] = [];
  for (const [name, request] of Object.entries(sizes.starts)) {
    say(`${name}: start with a cold and a warm shader cache`);
    all.push(await startTwice(name, request));
  }
  return all;
}

async function memory({ sizes: { memory: config }, say }: Bench): Promise<Result.MemorySection> {
  const { height, batch } = config as {
    height: number;
    batch: { labeled: number; unlabeled: number };
  };
  const text = `UniFuse step at ${height}x${2 * height}, batch ${batch.labeled}+${batch.unlabeled}`;
  say(`memory of one ${text}`);
  const step = (recompute: boolean): Promise<MemoryResult & Whole> =>
    measureIn<MemoryResult>("memory", { ...config, recompute });
  return { text, kept: await step(false), recomputed: await step(true) };
}

async function growthOf({ sizes, say }: Bench): Promise<Result.GrowthSection[]> {
  const all: Result.GrowthSection[] = [];
  for (
    const [respect, family] of Object.entries(sizes.growth) as [
      Respect,
      typeof sizes.growth.height,
    ][]
  ) {
    const costs: Result.GrowthSection["costs"][number][] = [];
    for (const size of family) {
      say(`cost at ${respect} ${size[respect]}`);
      const cost = await measureIn<StepCost>("size", size);
      const before = costs.at(-1);
      const exponent = before && growth(
        { size: before.size[respect], cost: before.seconds },
        { size: size[respect], cost: cost.seconds },
      );
      costs.push({ ...cost, exponent });
    }
    all.push({ respect, costs });
  }
  return all;
}

async function rates({ sizes: { convolutions }, say }: Bench): Promise<Result.RatesSection> {
  say("convolutions on one core");
  const { peak, rates } = await measureIn<RatesResult>("rates", convolutions, {
    LP_NUM_THREADS: "1",
  });
  const rows = convolutions.map((work, i) => ({ work, text: workText(work), rates: rates[i]! }));
  return { peak, convolutions: rows };
}

async function contests(works: readonly Work[], { pace, say }: Bench): Promise<Contest[]> {
  const torch = await torchEntries();
  const all: Contest[] = [];
  for (const work of works) all.push(await hold(work, entriesFor(work, torch), pace, say));
  return all;
}

/** By name, in the order in which they run. */
export const sections: {
  readonly [N in Result.SectionName]: (bench: Bench) => Promise<NonNullable<Result.Sections[N]>>;
} = {
  rates,
  convolutions: (bench) => contests(bench.sizes.convolutions, bench),
  training: (bench) => contests(bench.sizes.trainings, bench),
  inference: (bench) => contests(bench.sizes.inferences, bench),
  step,
  starts,
  memory,
  growth: growthOf,
  feed: ({ sizes, say }) => feed(sizes.feed, say),
};
