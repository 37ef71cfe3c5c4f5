/**
 * Normals of what a panorama shows, from its distances.
 *
 * @module
 */
import { type Matrix3, rotate, type Vector3 } from "@depth-anywhere/geometry";
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
  const { left, top } = placement;
  const colors = new Uint8Array(3 * width * height);
  const pointAt = points(distance, size, placement);
  const [here, before, after, across, down, normal] = Array.from(
    { length: 6 },
    () => new Float64Array(3),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  for (let row = 0, p = 0; row < height; row++) {
    const y = row + top;
    for (let column = 0; column < width; column++, p++) {
      const x = column + left;
      if (!pointAt(here, x, y)) continue;
      subtract(
        across,
        pointAt(after, x + 1, y) ? after : here,
        pointAt(before, x - 1, y) ? before : here,
      );
      subtract(
        down,
        pointAt(after, x, y + 1) ? after : here,
        pointAt(before, x, y - 1) ? before : here,
      );
      cross(normal, down, across);
      const length = Math.hypot(normal[0]!, normal[1]!, normal[2]!);
      if (!(length > 0)) continue;
      const away = normal[0]! * here[0]! + normal[1]! * here[1]! + normal[2]! * here[2]!;
      const half = (away > 0 ? -127.5 : 127.5) / length; // towards the camera
      const [nx, ny, nz] = rotate(pose, normal as ArrayLike<number> as Vector3);
      colors[3 * p] = Math.round(127.5 + nx * half);
      colors[3 * p + 1] = Math.round(127.5 - ny * half);
      colors[3 * p + 2] = Math.round(127.5 - nz * half);
    }
  }
  return colors;
}

/** Writes the point at a panorama's pixel, or says that there is none; as `pixelToRay()`, with each angle's sine taken once. */
function points(
  distance: ArrayLike<number>,
  size: { readonly width: number; readonly height: number },
  placement: Placement,
): (to: Float64Array, x: number, y: number) => boolean {
  const { fullWidth, fullHeight } = placement;
  const longitudes = Float64Array.from(
    { length: fullWidth },
    (_, x) => ((x + 0.5) / fullWidth - 0.5) * 2 * Math.PI,
  );
  const [sin, cos] = [longitudes.map(Math.sin), longitudes.map(Math.cos)];
  const latitudes = Float64Array.from(
    { length: fullHeight },
    (_, y) => ((y + 0.5) / fullHeight - 0.5) * Math.PI,
  );
  const [down, level] = [latitudes.map(Math.sin), latitudes.map(Math.cos)];
  return (to, x, y) => {
    const pixel = pixelAt(x, y, size, placement);
    const far = pixel < 0 ? NaN : distance[pixel]!;
    if (!(far > 0)) return false;
    const column = (x + fullWidth) % fullWidth;
    to[0] = sin[column]! * level[y]! * far;
    to[1] = down[y]! * far;
    to[2] = cos[column]! * level[y]! * far;
    return true;
  };
}

function subtract(to: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let c = 0; c < 3; c++) to[c] = a[c]! - b[c]!;
}

function cross(to: Float64Array, a: Float64Array, b: Float64Array): void {
  to[0] = a[1]! * b[2]! - a[2]! * b[1]!;
  to[1] = a[2]! * b[0]! - a[0]! * b[2]!;
  to[2] = a[0]! * b[1]! - a[1]! * b[0]!;
}
