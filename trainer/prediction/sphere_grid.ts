/**
 * A predicted panorama in space: a grid of points over the sphere, of any density.
 *
 * @module
 */
import { pixelToRay, rotate } from "@depth-anywhere/geometry";
import { distanceAt } from "./metric_scale.ts";
import type { PanoramaDepth } from "./panorama_depth.ts";
import { pixelAt } from "./placement.ts";

/** Points in the frame of 3-D files, level when the pose is known: x right (east), y **up**, z backward (south). */
export interface SphereGrid {
  /** Rows; twice as many columns. */
  readonly rows: number;
  /** `[rows, 2 rows]`, NaN where there is no point. */
  readonly distance: Float32Array;
  /** `[rows, 2 rows, 3]` */
  readonly points: Float32Array;
  /** Pixel of the image that each was taken from, -1 for none. */
  readonly pixels: Int32Array;
}

/**
 * Take one pixel for each cell of a grid, the nearest to its centre, so that no point lies between an object and what is
 * behind it. What lies at the scale's far limit is left out.
 *
 * @param rows at most those of the whole panorama are taken
 */
export function sphereGrid(depth: PanoramaDepth, rows: number): SphereGrid {
  const { image } = depth;
  const { fullWidth, fullHeight } = image.placement;
  const height = Math.min(rows, fullHeight);
  const width = 2 * height;
  const scale = depth.scale();
  const grid = {
    rows: height,
    distance: new Float32Array(width * height).fill(NaN),
    points: new Float32Array(3 * width * height),
    pixels: new Int32Array(width * height).fill(-1),
  };
  for (let row = 0, p = 0; row < height; row++) {
    const y = Math.floor((row + 0.5) / height * fullHeight);
    for (let column = 0; column < width; column++, p++) {
      const x = Math.floor((column + 0.5) / width * fullWidth);
      const pixel = pixelAt(x, y, image, image.placement);
      const distance = pixel < 0 ? NaN : distanceAt(depth.disparity[pixel]!, scale);
      if (!(distance < scale.far)) continue;
      const [right, down, ahead] = rotate(image.pose, pixelToRay(x, y, fullWidth, fullHeight));
      grid.pixels[p] = pixel;
      grid.distance[p] = distance;
      grid.points[3 * p] = right * distance;
      grid.points[3 * p + 1] = -down * distance;
      grid.points[3 * p + 2] = -ahead * distance;
    }
  }
  return grid;
}
