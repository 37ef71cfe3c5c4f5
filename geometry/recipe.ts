import type { SamplingGrid } from "./sampling.ts";

/**
 * Which conventions a resampling follows. `paper`: pixel centres throughout, exact over the seam and the
 * poles. `released`: as the published code does it — rays are those of pixel centres, but the panorama is
 * read as if its first and last pixel centres lay on its border (half a pixel of shrink towards the middle),
 * without a wrap at the seam, black outside, nearest ties to even,
 * coordinates in float32.
 */
export type Recipe = "paper" | "released";

/**
 * Writes the source coordinates of a direction into a grid.
 *
 * @param grid where to write
 * @param p which output pixel
 * @param x right component of the source direction
 * @param y down component
 * @param z forward component
 * @param recipe which convention
 */
export function writePixel(
  grid: SamplingGrid,
  p: number,
  x: number,
  y: number,
  z: number,
  recipe: Recipe,
): void {
  const lon = Math.atan2(x, z) / (2 * Math.PI) + 0.5; // 0 … 1
  const lat = Math.atan2(y, Math.sqrt(x * x + z * z)) / Math.PI + 0.5; // 0 … 1
  if (recipe === "paper") {
    grid.u[p] = lon * grid.width - 0.5;
    grid.v[p] = lat * grid.height - 0.5;
  } else {
    // In float32 as in the original: the few bits left for the fraction decide how often four weights add up to 1.
    grid.u[p] = Math.fround(lon * (grid.width - 1));
    grid.v[p] = Math.fround(lat * (grid.height - 1));
  }
}
