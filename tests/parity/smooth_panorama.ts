/**
 * The smooth panorama of the reference numbers: sums of sines of the direction, rounded once to float32.
 *
 * @module
 */

/** Amplitude, three frequencies, phase. */
type Wave = readonly [number, number, number, number, number];

const MAPS: Readonly<
  Record<"red" | "green" | "blue" | "depth", readonly [number, readonly Wave[]]>
> = {
  red: [0.5, [[0.22, 2, 1, 0.5, 0.3], [0.14, -1, 3, 2, 1.1], [0.08, 4, -2, 3, 2.0]]],
  green: [0.48, [[0.2, 1, -2, 1.5, 0.9], [0.15, 3, 1, -1, 0.2], [0.09, -2, 4, 3, 1.7]]],
  blue: [0.46, [[0.21, -1.5, 1, 2, 1.5], [0.13, 2, 3, 1, 2.4], [0.07, 3, 3, -4, 0.6]]],
  depth: [3.0, [[0.9, 1.5, 0.5, -1, 0.4], [0.6, -1, 2, 1, 1.3], [0.4, 3, -1, 2, 2.2]]],
};

/** One map of the panorama, `[height, width]`. Its latitude is positive up, unlike elsewhere. */
function map(
  name: keyof typeof MAPS,
  height: number,
  width: number,
  variant: number,
): Float32Array {
  const [base, waves] = MAPS[name];
  return Float32Array.from({ length: height * width }, (_, p) => {
    const lon = (((p % width) + 0.5) / width - 0.5) * 2 * Math.PI;
    const lat = (0.5 - (Math.floor(p / width) + 0.5) / height) * Math.PI;
    const [x, y, z] = [Math.cos(lat) * Math.sin(lon), Math.sin(lat), Math.cos(lat) * Math.cos(lon)];
    return waves.reduce(
      (sum, [a, fx, fy, fz, phase], j) =>
        sum + a * Math.sin(fx * x + fy * y + fz * z + phase + 0.7 * variant * (j + 1)),
      base,
    );
  });
}

/** RGB in (0, 1), `[3, height, width]`. */
export function smoothRgb(height: number, width: number, variant: number): Float32Array {
  const rgb = new Float32Array(3 * height * width);
  (["red", "green", "blue"] as const).forEach((name, c) =>
    rgb.set(map(name, height, width, variant), c * height * width)
  );
  return rgb;
}

/** Distance in metres, `[height, width]`. */
export function smoothDistance(height: number, width: number, variant: number): Float32Array {
  return map("depth", height, width, variant);
}

const MEAN = [0.485, 0.456, 0.406].map(Math.fround);
const DEVIATION = [0.229, 0.224, 0.225].map(Math.fround);

/** ImageNet normalisation in float32, `[…, 3, height, width]` with `plane` pixels a channel. */
export function normalise(rgb: Float32Array, plane: number): Float32Array {
  return rgb.map((v, i) => {
    const c = Math.floor(i / plane) % 3;
    return Math.fround(v - MEAN[c]!) / DEVIATION[c]!;
  });
}
