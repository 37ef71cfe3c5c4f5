/**
 * What is measured: at full size, or small to try the bench out.
 *
 * @module
 */
import type { Differences } from "../../trainer/config/recipes.ts";
import type { StudentSize } from "../../trainer/training/step_cost.ts";
import { dominantConvolutions } from "./dominant_convolutions.ts";
import type { FeedSizes } from "./feed_section.ts";
import type { StartRequest } from "./measurements/start.ts";
import type { ConvolutionWork, NetworkWork } from "./work.ts";

/** Everything that a bench can be asked for. */
export interface Sizes {
  /** The whole training step that is taken apart. */
  readonly step: Differences;
  /** Starts that are timed with a cold and a warm shader cache. */
  readonly starts: Readonly<Record<string, StartRequest>>;
  /** A step that is run once for its memory. */
  readonly memory: Differences;
  /** Sizes of a student, each family growing in one respect; the first of a family is where it starts. */
  readonly growth: Readonly<Record<Respect, readonly StudentSize[]>>;
  /** Data for a simulated device. */
  readonly feed: FeedSizes;
  readonly convolutions: readonly ConvolutionWork[];
  readonly trainings: readonly NetworkWork[];
  readonly inferences: readonly NetworkWork[];
}

/** In which respect a cost grows. */
export type Respect = "height" | "images" | "width";

/** The textbook convolution of the figures in the README: 3×3, 64 to 64, on 56×56. */
const textbook: ConvolutionWork = {
  kind: "convolution",
  batch: 1,
  height: 56,
  width: 56,
  inputs: 64,
  outputs: 64,
  kernel: 3,
  stride: 1,
};

function family(base: Omit<StudentSize, "name">, respect: Respect, values: readonly number[]) {
  return values.map((value) => ({ name: "unifuse", ...base, [respect]: value }));
}

function network(
  kind: NetworkWork["kind"],
  network: NetworkWork["network"],
  [batch, height, width]: readonly [number, number, number],
): NetworkWork {
  return { kind, network, batch, height, width };
}

const own = { student: { width: 1, init: "random" }, height: 128, teacher: { viewHeight: 128 } };

/** As the project is judged. */
const full: Sizes = {
  step: { ...own, batch: { labeled: 2, unlabeled: 2 } },
  starts: {
    "the run without flags": { config: {}, steps: 6 },
    "UniFuse at 128x256, 2+2": {
      config: { ...own, batch: { labeled: 2, unlabeled: 2 }, evaluation: { images: 11 } },
      steps: 3,
    },
  },
  memory: { ...own, height: 512, batch: { labeled: 1, unlabeled: 1 } },
  growth: {
    height: family({ height: 64, width: 0.5, images: 2 }, "height", [64, 128, 256]),
    images: family({ height: 128, width: 0.5, images: 1 }, "images", [1, 2, 4]),
    width: family({ height: 128, width: 0.25, images: 2 }, "width", [0.25, 0.5, 1]),
  },
  feed: { height: 1440, files: 48, names: 336, steps: 30, deviceMs: 300 },
  convolutions: [textbook, ...dominantConvolutions({ height: 128, width: 1, batch: 4 }, 4)],
  trainings: [
    network("training", "equirect-half", [4, 128, 1]),
    network("training", "unifuse", [4, 128, 1]),
  ],
  inferences: [
    network("inference", "equirect-half", [1, 256, 1]),
    network("inference", "unifuse", [1, 256, 1]),
  ],
};

/** Seconds instead of many minutes; the figures say little. */
const quick: Sizes = {
  step: { batch: { labeled: 1, unlabeled: 1 }, teacher: { viewHeight: 64 } },
  starts: {
    "a small run": {
      config: { batch: { labeled: 1, unlabeled: 1 }, evaluation: { images: 11 } },
      steps: 2,
    },
  },
  memory: { height: 128, batch: { labeled: 1, unlabeled: 1 }, teacher: { viewHeight: 128 } },
  growth: {
    height: family({ height: 64, width: 0.25, images: 1 }, "height", [64, 128]),
    images: family({ height: 64, width: 0.25, images: 1 }, "images", [1, 2]),
    width: family({ height: 64, width: 0.25, images: 1 }, "width", [0.25, 0.5]),
  },
  feed: { height: 1440, files: 4, names: 336, steps: 5, deviceMs: 300 },
  convolutions: [{ ...textbook, height: 14, width: 14 }],
  trainings: [
    network("training", "equirect-half", [1, 64, 0.25]),
    network("training", "unifuse", [1, 64, 0.25]),
  ],
  inferences: [
    network("inference", "equirect-half", [1, 64, 0.25]),
    network("inference", "unifuse", [1, 64, 0.25]),
  ],
};

/** By the flag. */
export function sizesOf(small: boolean): Sizes {
  return small ? quick : full;
}
