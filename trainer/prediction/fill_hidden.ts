/**
 * Colours for what a picture does not show, taken from around it: a network sees black where pixels are transparent, and takes
 * that for a thing.
 *
 * @module
 */

/**
 * Fill transparent pixels by pulling colours up a pyramid of means and pushing them down again (Gortler et al. 1996, "The
 * Lumigraph", pull-push). Visible pixels stay as they are; columns wrap.
 *
 * @param rgba `[height, 2 height, 4]`, sRGB 0..1, not multiplied by alpha; something is visible
 * @returns `rgba` itself where nothing is transparent
 */
export function fillHidden(
  rgba: Float32Array<ArrayBuffer>,
  height: number,
): Float32Array<ArrayBuffer> {
  if (!rgba.some((value, i) => i % 4 === 3 && value === 0)) return rgba;
  const width = 2 * height;
  if (height % 2 === 1) return filledBy(rgba, () => meanOf(rgba));
  const coarse = fillHidden(halved(rgba, width), height / 2);
  return filledBy(
    rgba,
    (pixel) => between(coarse, height / 2, pixel % width, Math.floor(pixel / width)),
  );
}

type Colour = readonly [number, number, number];

function filledBy(
  rgba: Float32Array<ArrayBuffer>,
  colour: (pixel: number) => Colour,
): Float32Array<ArrayBuffer> {
  const filled = rgba.slice();
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i + 3] !== 0) continue;
    filled.set(colour(i / 4), i);
    filled[i + 3] = 1;
  }
  return filled;
}

/** Means of 2x2 pixels, weighted by alpha, whose mean is the new one. */
function halved(rgba: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const half = new Float32Array(rgba.length / 4);
  for (let o = 0; o < half.length; o += 4) {
    const [x, y] = [(o / 4) % (width / 2), Math.floor(o / 2 / width)];
    const first = 4 * (2 * y * width + 2 * x);
    const four = [first, first + 4, first + 4 * width, first + 4 * width + 4];
    const alpha = four.reduce((sum, i) => sum + rgba[i + 3]!, 0);
    half[o + 3] = alpha / 4;
    for (let c = 0; c < 3 && alpha > 0; c++) {
      half[o + c] = four.reduce((sum, i) => sum + rgba[i + 3]! * rgba[i + c]!, 0) / alpha;
    }
  }
  return half;
}

/** The coarser level at a pixel of the finer one, bilinear. */
function between(coarse: Float32Array, height: number, x: number, y: number): Colour {
  const width = 2 * height;
  const [u, v] = [(x + 0.5) / 2 - 0.5, (y + 0.5) / 2 - 0.5];
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const colour: [number, number, number] = [0, 0, 0];
  for (const [row, down] of [[top, 1 - v + top], [top + 1, v - top]] as const) {
    const line = Math.min(Math.max(row, 0), height - 1) * width;
    for (const [column, along] of [[left, 1 - u + left], [left + 1, u - left]] as const) {
      const at = 4 * (line + (column + width) % width);
      for (let c = 0; c < 3; c++) colour[c]! += down * along * coarse[at + c]!;
    }
  }
  return colour;
}

function meanOf(rgba: Float32Array): Colour {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < rgba.length; i += 4) {
    for (let c = 0; c < 3; c++) sum[c]! += rgba[i + 3]! * rgba[i + c]!;
    sum[3]! += rgba[i + 3]!;
  }
  return [sum[0]! / sum[3]!, sum[1]! / sum[3]!, sum[2]! / sum[3]!];
}
