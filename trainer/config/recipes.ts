/**
 * The two recipes: the paper's text and its released code, as differences between named switches. A switch that
 * is set by a preset, a file or a flag stands above its recipe.
 *
 * @module
 */

/** A nested object of differences. */
export type Differences = { readonly [key: string]: unknown };

/** The switches of a recipe; those that are absent keep the schema's default. */
export const RECIPES: Readonly<Record<"paper" | "released", Differences>> = {
  // Paper section 3: any rotation, masked pixels ignored, loss averaged over items (eq. 4), median alignment.
  paper: {
    rotation: "so3",
    rotationPer: "image",
    resampling: "bilinear",
    masks: "applied",
    labelMinMax: true,
    lossMean: "item",
    alignment: "median",
    protocol: "paper",
  },
  // The released training script: one rotation a step within 45 degrees an axis, grids that shrink by half a
  // pixel, masks never applied (operator precedence), loss over all pixels, least squares before the median.
  released: {
    rotation: "euler45",
    rotationPer: "step",
    resampling: "released",
    masks: "released",
    labelMinMax: true,
    lossMean: "pixels",
    lossWeights: { labeled: 0.5, pseudo: 0.5 },
    alignment: "affine",
    protocol: "released",
  },
};
