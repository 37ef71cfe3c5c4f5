/**
 * How far results may be from the reference numbers: the column "recommended" of the README that comes with
 * them, which leaves room for another float32 order of operations and for GPU division, exp and sin.
 *
 * @module
 */

/** A run of optimiser steps. */
export interface RunTolerances {
  /** Of each step, or of all of them. */
  readonly losses: number | readonly number[];
  readonly lossAfter: number;
  /** Of the output in evaluation mode afterwards; without it the run is chaotic by then. */
  readonly evalOutput?: number;
  /** Of the parameters, where the steps are large enough to tell a move from rounding. */
  readonly parameters?: {
    /** Distance that a tensor moved, relative. */
    readonly moved: number;
    /** An element, as a share of the learning rate. */
    readonly ofLr: number;
    /** Share of the elements that may have moved the other way. */
    readonly flips: number;
  };
}

/** Relative errors of a network's gradients. */
export interface GradientTolerances {
  /** Of the worst tensor. */
  readonly worst: number;
  /** Of UniFuse's last bias, a small difference of large sums. */
  readonly lastBias?: number;
  /**
   * Of the tensor in the middle. Said where noise puts an input of a ReLU on the other side of 0 now and then, which
   * moves single elements of a gradient: the worst tensor's elements are then taken by its norm, not by their largest.
   */
  readonly half?: number;
}

/** A network. */
export interface NetworkTolerances {
  readonly evalOutput: number;
  readonly trainOutput: number;
  readonly loss: number;
  readonly batchNorm: number;
  /** In training mode, with the loss. */
  readonly gradient: GradientTolerances;
  /** In evaluation mode, of a weighted sum. */
  readonly evalGradient: GradientTolerances;
  /** By the run's name. */
  readonly runs: Readonly<Record<string, RunTolerances>>;
}

const unifuse = {
  evalOutput: 2e-5,
  trainOutput: 3e-5,
  loss: 5e-6,
  batchNorm: 1e-5,
  gradient: { worst: 5e-4, lastBias: 5e-3 },
  evalGradient: { worst: 1e-4 },
  runs: {
    adam3: {
      losses: 1e-4,
      lossAfter: 1e-4,
      evalOutput: 5e-4,
      parameters: { moved: 1e-3, ofLr: 0.05, flips: 1e-3 },
    },
    adam3_lowlr: { losses: 1e-4, lossAfter: 1e-4, evalOutput: 1e-4 },
  },
} as const satisfies NetworkTolerances;

const bifusepp = {
  evalOutput: 5e-5,
  trainOutput: 3e-4,
  loss: 1e-5,
  batchNorm: 3e-5,
  gradient: { worst: 5e-2, half: 1e-2 }, // half is not in the README: its noise is 4e-4 to 2e-3
  evalGradient: { worst: 2e-3 },
  runs: {
    adam3: { losses: [1e-5, 2e-3, 5e-2], lossAfter: 0.15 },
    adam3_lowlr: { losses: 1e-4, lossAfter: 3e-4, evalOutput: 1e-4 },
  },
} as const satisfies NetworkTolerances;

/** By topic. */
export const TOLERANCES = {
  grids: {
    /** Pixels, by the panorama's width. */
    unifuseE2c: (width: number): number => width <= 256 ? 5e-5 : 2e-4,
    unifuseC2e: 1e-5,
    distillE2c: 2e-6,
    /** Pixels. */
    bifuseC2e: 5e-5,
    rotation: 2e-5,
    /** cos α is a number of the same size as the c2e coordinates. */
    cosines: 1e-5,
  },
  rotation: { matrix: 5e-7, rgb: 2e-5, nearestMargin: 1e-3 },
  cube: { bilinear: 5e-6, nearestMargin: 1e-3, uint8OffByOne: 1e-3 },
  distillation: {
    disparityRelative: 5e-6,
    gradient: 5e-6,
    nearestMargin: 1e-4,
    /** Not in the README: the tolerance of the rotation grid, in pixels, at a mask's edge of slope 1 per pixel. */
    maskValue: (width: number): number => 2e-5 * width / 2,
  },
  affineInvariant: { loss: 2e-6, gradient: 1e-5, largeOffsetRelative: 1e-4 },
  berhu: { lossRelative: 5e-6, gradient: 1e-5 },
  unifuse,
  bifusepp,
  metrics: { errors: 2e-5, twoValid: 1e-4, deltaPixels: 3, fit: 1e-5 },
  depthPng: { metresRelative: 2e-7, target: 2e-6 },
  jointStep: {
    loss: 1e-5,
    prediction: 3e-5,
    cube: 5e-5,
    faces: 3e-5,
    pseudo: 1e-5,
    gradient: { worst: 5e-4, lastBias: 5e-3 },
    adam: 2e-7,
  },
} as const;
