import type { PointCloud } from "../formats/ply.ts";
import type { SphereGrid } from "./sphere_grid.ts";

/**
 * Coloured points of a grid; cells without a point are left out.
 *
 * @param rgba pixels of the image that the grid was taken from
 */
export function pointCloud({ points, pixels }: SphereGrid, rgba: Uint8Array): PointCloud {
  const count = pixels.reduce((n, pixel) => pixel < 0 ? n : n + 1, 0);
  const cloud = { positions: new Float32Array(3 * count), colors: new Uint8Array(3 * count) };
  let next = 0;
  pixels.forEach((pixel, p) => {
    if (pixel < 0) return;
    cloud.positions.set(points.subarray(3 * p, 3 * p + 3), next);
    cloud.colors.set(rgba.subarray(4 * pixel, 4 * pixel + 3), next);
    next += 3;
  });
  return cloud;
}
