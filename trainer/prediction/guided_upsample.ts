/**
 * From the network's size to the image's, along the image's edges.
 *
 * @module
 */
import { isWhole, type Placement } from "./placement.ts";

/** Luminance of sRGB, 0..1 (Rec. 709 weights on the encoded values). @param rgba `[…, 4]` @param white what 1 is in it */
export function luminance(rgba: ArrayLike<number>, white: number): Float32Array {
  const out = new Float32Array(rgba.length / 4);
  for (let p = 0, i = 0; p < out.length; p++, i += 4) {
    out[p] = (0.2126 * rgba[i]! + 0.7152 * rgba[i + 1]! + 0.0722 * rgba[i + 2]!) / white;
  }
  return out;
}

/** A panorama's map at the network's size, and what that place looks like. */
export interface CoarseMap {
  /** Rows; twice as many columns. */
  readonly height: number;
  /** `[height, 2 height]` */
  readonly values: ArrayLike<number>;
  /** `[height, 2 height]`, 0..1 */
  readonly luminance: ArrayLike<number>;
}

/** Coarse pixels of a line that a place is the mean of. */
const TAPS = 4;
/** Rows and columns that surround the padded coarse map: how far the taps reach beyond it. */
const MARGIN = 2;
/** Standard deviation of the luminance weights. */
const RANGE = 0.08;
/** Weight of luminance that is far off, so that a place unlike all its neighbours still gets their mean. */
const LEAST = 1e-4;

/** Luminance weights by difference, in steps of 1/512. */
const rangeWeights = Float64Array.from(
  { length: 513 },
  (_, i) => Math.exp(-((i / 512) ** 2) / (2 * RANGE ** 2)) + LEAST,
);

/**
 * Joint bilateral upsampling (Kopf et al. 2007): each pixel is the mean of the coarse pixels around it, weighted by distance
 * and by how alike they look. Columns wrap, rows go on over the poles.
 *
 * @param guide `[height, width]`, luminance of the image
 * @param placement of the image on the sphere
 * @returns `[height, width]`; the coarse values themselves when the image has the network's size
 */
export function guidedUpsample(
  coarse: CoarseMap,
  guide: ArrayLike<number>,
  size: { readonly width: number; readonly height: number },
  placement: Placement,
): Float32Array<ArrayBuffer> {
  const { width, height } = size;
  if (isWhole(placement, size) && height === coarse.height && width === 2 * height) {
    return Float32Array.from(coarse.values);
  }
  const wide = padCoarse(coarse);
  const columns = tapsOf(width, placement.left, placement.fullWidth, 2 * coarse.height);
  const rows = tapsOf(height, placement.top, placement.fullHeight, coarse.height);
  const out = new Float32Array(width * height);
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      const here = guide[p]!;
      let [sum, total] = [0, 0];
      for (let i = 0; i < TAPS; i++) {
        const line = (rows.first[y]! + i) * wide.width + columns.first[x]!;
        const down = rows.weight[y * TAPS + i]!;
        for (let j = 0; j < TAPS; j++) {
          const unlike = Math.abs(here - wide.luminance[line + j]!);
          const weight = down * columns.weight[x * TAPS + j]! *
            rangeWeights[Math.round(unlike * 512)]!;
          sum += weight * wide.values[line + j]!;
          total += weight;
        }
      }
      out[p] = sum / total;
    }
  }
  return out;
}

/**
 * For each pixel of a line the first of its coarse pixels, in padded indices, and their distance weights: the cubic B-spline's,
 * which keep straight slopes straight. A Gaussian would lay a weave of steps over them, plain to see in normals.
 */
function tapsOf(count: number, offset: number, full: number, coarse: number) {
  const first = new Int32Array(count);
  const weight = new Float64Array(count * TAPS);
  for (let i = 0; i < count; i++) {
    const place = ((i + offset) % full + 0.5) / full * coarse - 0.5;
    const t = place - Math.floor(place);
    first[i] = Math.floor(place) - 1 + MARGIN;
    const [a, b, c] = [(1 - t) ** 3 / 6, (4 - 6 * t * t + 3 * t ** 3) / 6, t ** 3 / 6];
    weight.set([a, b, 1 - a - b - c, c], i * TAPS);
  }
  return { first, weight };
}

/** The coarse map with its surroundings, so that the inner loop knows no border. */
function padCoarse({ height, values, luminance }: CoarseMap) {
  const margin = MARGIN;
  const width = 2 * height;
  const wide = { width: width + 2 * margin, height: height + 2 * margin };
  const padded = {
    width: wide.width,
    values: new Float32Array(wide.width * wide.height),
    luminance: new Float32Array(wide.width * wide.height),
  };
  for (let r = 0, p = 0; r < wide.height; r++) {
    const beyond = r - margin < 0 || r - margin >= height; // over the pole: the opposite meridian
    const row = r < margin ? margin - 1 - r : beyond ? 2 * height - 1 - (r - margin) : r - margin;
    for (let c = 0; c < wide.width; c++, p++) {
      const column = (c - margin + (beyond ? width / 2 : 0) + 2 * width) % width;
      padded.values[p] = values[row * width + column]!;
      padded.luminance[p] = luminance[row * width + column]!;
    }
  }
  return padded;
}
