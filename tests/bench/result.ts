/**
 * What a bench found, as it is written with `--json`. A section that was left out is absent; one that broke down says
 * why.
 *
 * @module
 */
import type { Clock } from "../../trainer/gpu/timing.ts";
import type { StepCost } from "../../trainer/training/step_cost.ts";
import type { Claim } from "./claims.ts";
import type { Contest } from "./contest.ts";
import type { FeedSizes } from "./feed_section.ts";
import type { FeedFigures } from "./feed_step.ts";
import type { Figure } from "./figures.ts";
import type { KernelRow } from "./kernel_table.ts";
import type { Machine, Occasion } from "./machine.ts";
import type { Whole } from "./measure.ts";
import type { MemoryResult } from "./measurements/memory.ts";
import type { Rates, RatesResult } from "./measurements/rates.ts";
import type { StartResult } from "./measurements/start.ts";
import type { StepResult } from "./measurements/step.ts";
import type { Respect } from "./sizes.ts";
import type { ConvolutionWork } from "./work.ts";

/** Raised when readers must change. */
export const resultFormat = 4;

/** A training step and its parts, without the profile, which is summed up in the tables. */
export type StepSection = Omit<StepResult, "profile"> & Whole & {
  /** What the times of the kernels were taken by. */
  readonly clocks: readonly Clock[];
  readonly kernels: readonly KernelRow[];
};

/** One start, cold and warm. */
export interface StartSection {
  readonly name: string;
  readonly cold: StartResult & Whole;
  readonly warm: StartResult & Whole;
}

/** Convolutions on one core. */
export interface RatesSection {
  readonly peak: RatesResult["peak"];
  readonly convolutions: readonly {
    readonly work: ConvolutionWork;
    readonly text: string;
    readonly rates: Rates;
  }[];
}

/** Costs that grow in one respect, each with the exponent from the size before. */
export interface GrowthSection {
  readonly respect: Respect;
  readonly costs: readonly (StepCost & Whole & { readonly exponent?: number })[];
}

/** Memory of one step of a large training: with all activations kept, and with cheap ones computed again. */
export interface MemorySection {
  readonly text: string;
  readonly kept: MemoryResult & Whole;
  readonly recomputed: MemoryResult & Whole;
}

/** What a simulated device waits for data: with nothing on disk but the images, and in a later run. */
export interface FeedSection extends FeedSizes {
  readonly cold: FeedFigures & Whole;
  readonly warm: FeedFigures & Whole;
}

/** By their names in `--only`. */
export interface Sections {
  readonly step?: StepSection;
  readonly starts?: readonly StartSection[];
  readonly memory?: MemorySection;
  readonly growth?: readonly GrowthSection[];
  readonly feed?: FeedSection;
  readonly rates?: RatesSection;
  readonly convolutions?: readonly Contest[];
  readonly training?: readonly Contest[];
  readonly inference?: readonly Contest[];
}

export type SectionName = keyof Sections;

/** Everything. */
export interface BenchResult {
  readonly format: typeof resultFormat;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly sections: Sections;
  /** Sections that broke down, with the reason. */
  readonly broken: Readonly<Partial<Record<SectionName, string>>>;
  /** When each section was measured or broke down. */
  readonly occasions: Readonly<Partial<Record<SectionName, Occasion>>>;
  /** The numbers that `--compare` compares. */
  readonly figures: readonly Figure[];
  readonly claims: readonly Claim[];
}
