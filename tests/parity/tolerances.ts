/**
 * How far results may be from the reference numbers: the column "recommended" of the README that comes with
 * them, which leaves room for another float32 order of operations and for GPU division, exp and sin.
 *
 * @module
 */
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
  unifuse: {
    evalOutput: 2e-5,
    trainOutput: 3e-5,
    loss: 5e-6,
    batchNorm: 1e-5,
    gradient: 5e-4,
    lastBiasGradient: 5e-3,
    evalGradient: 1e-4,
    adamLosses: 1e-4,
    adamEvalOutput: 5e-4,
    lowLrEvalOutput: 1e-4,
    parameterDelta: 1e-3,
    parameterOfLr: 0.05,
    parameterFlips: 1e-3,
  },
  metrics: { errors: 2e-5, twoValid: 1e-4, deltaPixels: 3, fit: 1e-5 },
  depthPng: { metresRelative: 2e-7, target: 2e-6 },
  jointStep: {
    loss: 1e-5,
    prediction: 3e-5,
    cube: 5e-5,
    faces: 3e-5,
    pseudo: 1e-5,
    gradient: 5e-4,
    lastBiasGradient: 5e-3,
    adam: 2e-7,
  },
} as const;
