/**
 * Normals of what a panorama shows, from its distances.
 *
 * @module
 */
import { type Matrix3, pixelToRay, rotate, type Vector3 } from "@depth-anywhere/geometry";
import { pixelAt, type Placement } from "./placement.ts";

/**
 * Normals towards the camera as colours: 0.5 + n / 2 of x right, y **up**, z backward, level when the pose is known; black
 * where there is none.
 *
 * @param distance `[height, width]`, NaN for none
 * @param pose from the image's frame to a level one
 * @returns `[height, width, 3]`
 */
export function normalColors(
  distance: ArrayLike<number>,
  size: { readonly width: number; readonly height: number },
  placement: Placement,
  pose: Matrix3,
): Uint8Array<ArrayBuffer> {
  const { width, height } = size;
  const { fullWidth, fullHeight, left, top } = placement;
  const colors = new Uint8Array(3 * width * height);
  const pointAt = (x: number, y: number): Vector3 | undefined => {
    const pixel = pixelAt(x, y, size, placement);
    const far = pixel < 0 ? NaN : distance[pixel]!;
    if (!(far > 0)) return undefined;
    const [a, b, c] = pixelToRay(x, y, fullWidth, fullHeight);
    return [a * far, b * far, c * far];
  };
  for (let row = 0, p = 0; row < height; row++) {
    const y = row + top;
    for (let column = 0; column < width; column++, p++) {
      const x = column + left;
      const here = pointAt(x, y);
      if (!here) continue;
      const across = difference(pointAt(x - 1, y) ?? here, pointAt(x + 1, y) ?? here);
      const down = difference(pointAt(x, y - 1) ?? here, pointAt(x, y + 1) ?? here);
      const normal = cross(down, across);
      const length = Math.hypot(...normal);
      if (!(length > 0)) continue;
      const sign = dot(normal, here) > 0 ? -1 / length : 1 / length; // towards the camera
      const [nx, ny, nz] = rotate(pose, normal);
      colors[3 * p] = Math.round(127.5 + 127.5 * nx * sign);
      colors[3 * p + 1] = Math.round(127.5 - 127.5 * ny * sign);
      colors[3 * p + 2] = Math.round(127.5 - 127.5 * nz * sign);
    }
  }
  return colors;
}

function difference(a: Vector3, b: Vector3): Vector3 {
  return [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
