/** Roll, mirror, colour jitter and normalisation in plain loops: the twin of `prepare_image.wgsl`. */
import type { Augmentation, ColorJitter } from "./augmentation.ts";

type Rgb = [number, number, number];

/** One picture `[height, width, 3]`, sRGB 0..1. */
export function prepareImageReference(
  source: ArrayLike<number>,
  width: number,
  { roll = 0, flip = false, jitter }: Augmentation,
  mean: readonly number[],
  deviation: readonly number[],
): Float64Array {
  const pixels = source.length / 3;
  let colours = Array.from(
    { length: pixels },
    (_, i): Rgb => [source[3 * i]!, source[3 * i + 1]!, source[3 * i + 2]!],
  );
  for (const name of jitter?.order ?? []) colours = adjust(colours, name, jitter!);
  const result = new Float64Array(source.length);
  for (let i = 0; i < pixels; i++) {
    const rgb = colours[origin(i, width, roll, flip)]!;
    rgb.forEach((v, c) => result[3 * i + c] = (v - mean[c]!) / deviation[c]!);
  }
  return result;
}

/** Pixel of the source that pixel `i` of the result shows. */
export function origin(i: number, width: number, roll: number, flip: boolean): number {
  const column = flip ? width - 1 - i % width : i % width;
  return i - i % width + (column + width - roll) % width;
}

function gray([r, g, b]: Rgb): number {
  return 0.2989 * r + 0.587 * g + 0.114 * b;
}

function clamp(x: number): number {
  return Math.min(Math.max(x, 0), 1);
}

function adjust(colours: Rgb[], name: string, jitter: ColorJitter): Rgb[] {
  const { brightness, contrast, saturation, hue } = jitter;
  const mean = colours.reduce((sum, rgb) => sum + gray(rgb), 0) / colours.length;
  const each = (rgb: Rgb, f: (v: number) => number): Rgb => rgb.map((v) => clamp(f(v))) as Rgb;
  return colours.map((rgb) => {
    if (name === "brightness") return each(rgb, (v) => v * brightness);
    if (name === "contrast") return each(rgb, (v) => v * contrast + (1 - contrast) * mean);
    if (name === "saturation") {
      return each(rgb, (v) => v * saturation + (1 - saturation) * gray(rgb));
    }
    const { h, s, v } = toHsv(rgb);
    return fromHsv((h + hue + 1) % 1, s, v);
  });
}

function toHsv([r, g, b]: Rgb): { h: number; s: number; v: number } {
  const v = Math.max(r, g, b);
  const range = v - Math.min(r, g, b);
  if (range === 0) return { h: 0, s: 0, v };
  let h = v === r ? (g - b) / range : v === g ? 2 + (b - r) / range : 4 + (r - g) / range;
  h = (h / 6 + 1) % 1;
  return { h, s: range / v, v };
}

function fromHsv(h: number, s: number, v: number): Rgb {
  const part = (k: number): number => { // https://en.wikipedia.org/wiki/HSL_and_HSV, the closed form
    const t = (k + h * 6) % 6;
    return v - v * s * Math.max(0, Math.min(t, 4 - t, 1));
  };
  return [part(5), part(3), part(1)];
}
