/**
 * The network's view of a panorama and what it says of it, before the image's own size is reached.
 *
 * @module
 */
import { multiply, transpose, yaw } from "@depth-anywhere/geometry";
import { resizeWrapped } from "../data/wrapped_resize.ts";
import { fillHidden } from "./fill_hidden.ts";
import { type CoarseMap, guidedUpsample, luminance } from "./guided_upsample.ts";
import { metricScale, type ScaleOptions, sphereMedian, sphereQuantiles } from "./metric_scale.ts";
import type { DisparityRange, PanoramaDepth } from "./panorama_depth.ts";
import type { PanoramaPredictor } from "./panorama_predictor.ts";
import { pixelAt, placeOnSphere } from "./placement.ts";
import type { InputPanorama } from "./read_panorama.ts";

/** A disparity map at the network's size. */
export interface CoarseDepth extends CoarseMap {
  readonly values: Float32Array;
  readonly luminance: Float32Array;
  /** `[height, 2 height]`, 1 where the image shows something. */
  readonly visible: Uint8Array;
}

/** Predict a panorama at the network's size; it is resized by bicubic filtering and levelled by its pose. */
export async function predictCoarse(
  predictor: PanoramaPredictor,
  image: InputPanorama,
): Promise<CoarseDepth> {
  const { height } = predictor;
  const { placement, pose } = image;
  const size = { width: placement.fullWidth, height: placement.fullHeight };
  const full = placeOnSphere(image.deep ?? image.rgba, image, placement);
  const resized = await resizeWrapped(full, size, height, "cubic");
  const white = image.deep ? 65535 : 255;
  const pixels = fillHidden(Float32Array.from(resized, (value) => value / white), height);
  const heading = yaw(Math.atan2(pose[2], pose[8])); // a mere turn, which needs no resampling
  const values = await predictor.predict(pixels, multiply(transpose(heading), pose));
  return { height, values, luminance: luminance(pixels, 1), visible: visibleCells(image, height) };
}

function visibleCells(image: InputPanorama, height: number): Uint8Array {
  const { fullWidth, fullHeight } = image.placement;
  return Uint8Array.from({ length: 2 * height * height }, (_, p) => {
    const x = Math.floor((p % (2 * height) + 0.5) / (2 * height) * fullWidth);
    const y = Math.floor((Math.floor(p / (2 * height)) + 0.5) / height * fullHeight);
    const pixel = pixelAt(x, y, image, image.placement);
    return pixel >= 0 && image.rgba[4 * pixel + 3]! > 127 ? 1 : 0;
  });
}

/** What colours and scales are chosen by. */
export interface DisparityStatistics {
  readonly range: DisparityRange;
  /** Over the sphere. */
  readonly median: number;
}

/**
 * Statistics of one panorama, or of all frames of a sequence together.
 *
 * @throws {RangeError} when nothing is visible
 */
export function statisticsOf(maps: readonly CoarseDepth[]): DisparityStatistics {
  const weighted = maps.map(({ height, values, visible }) => ({
    values: values.map((value, p) => visible[p] ? value : NaN),
    width: 2 * height,
    placement: { fullWidth: 2 * height, fullHeight: height, left: 0, top: 0 },
  }));
  const [low, high] = sphereQuantiles(weighted, [0.02, 0.98]) as [number, number];
  let [least, most] = [low, high];
  for (const { values } of weighted) {
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { range: { least, low, high, most }, median: sphereMedian(weighted) };
}

/** Bring a prediction to its image's size. */
export function refine(
  image: InputPanorama,
  coarse: CoarseDepth,
  { range, median }: DisparityStatistics,
  options: ScaleOptions,
): PanoramaDepth {
  const { rgba, placement } = image;
  const disparity = guidedUpsample(coarse, luminance(rgba, 255), image, placement);
  for (let p = 0; p < disparity.length; p++) if (rgba[4 * p + 3]! < 128) disparity[p] = NaN;
  return {
    image,
    disparity,
    range: {
      ...range, // an image at the network's edge may show what no cell's centre does
      least: disparity.reduce((a, d) => d < a ? d : a, range.least),
      most: disparity.reduce((a, d) => d > a ? d : a, range.most),
    },
    metric: (options.scale ?? options.medianDistance) !== undefined,
    scale: () => metricScale(median, options),
  };
}
