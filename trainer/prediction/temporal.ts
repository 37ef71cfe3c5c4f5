/**
 * Disparity of frames that follow each other: flicker of scale and shift is taken out, slow changes stay; then every pixel is
 * averaged over time where the picture keeps still.
 *
 * @module
 */
import type { CoarseDepth } from "./coarse_depth.ts";

/** `gain · disparity + offset` */
export interface Affine {
  readonly gain: number;
  readonly offset: number;
}

/** Luminance may change by this much where the picture keeps still. */
const STILL = 0.05;
/** Frames that share less than this share of still pixels are of different shots. */
const LEAST_STILL = 0.05;

/**
 * How a frame's disparity has to be changed to fit that of the frame before: equal median and mean absolute deviation where the
 * picture keeps still, which unlike least squares favours neither of the two, so that many steps do not shrink.
 *
 * @returns undefined between two shots, and where a map is flat
 */
export function matchFrames(before: CoarseDepth, after: CoarseDepth): Affine | undefined {
  const still: number[] = [];
  for (let p = 0; p < before.values.length; p++) {
    const change = Math.abs(before.luminance[p]! - after.luminance[p]!);
    if (before.visible[p] && after.visible[p] && change < STILL) still.push(p);
  }
  if (still.length < LEAST_STILL * before.values.length) return undefined;
  const [a, b] = [before, after].map(({ values }) => {
    const sorted = Float32Array.from(still, (p) => values[p]!).sort();
    const median = sorted[sorted.length >> 1]!;
    const spread = sorted.reduce((sum, value) => sum + Math.abs(value - median), 0) / sorted.length;
    return { median, spread };
  }) as [{ median: number; spread: number }, { median: number; spread: number }];
  if (!(a.spread > 0 && b.spread > 0)) return undefined;
  const gain = a.spread / b.spread;
  return { gain, offset: a.median - gain * b.median };
}

/**
 * Corrections that smooth the path of scale and shift over time, as a stabiliser smooths a camera's. They stay near the
 * identity however long the sequence is.
 *
 * @param matches of each frame to the one before, as `matchFrames()`; the first is not looked at
 * @param reach frames to each side
 */
export function steady(matches: readonly (Affine | undefined)[], reach: number): Affine[] {
  const path: { log: number; offset: number; shot: number }[] = [];
  matches.forEach((match, i) => {
    const last = path.at(-1);
    if (i === 0 || !last || !match) {
      path.push({ log: 0, offset: 0, shot: i });
      return;
    }
    const gain = Math.exp(last.log); // the frame before, in the units of its shot's first
    path.push({
      log: last.log + Math.log(match.gain),
      offset: gain * match.offset + last.offset,
      shot: last.shot,
    });
  });
  return path.map(({ log, offset, shot }, i) => {
    const near = path.slice(Math.max(0, i - reach), i + reach + 1).filter((at) => at.shot === shot);
    const mean = (value: (at: (typeof near)[number]) => number): number =>
      near.reduce((sum, at) => sum + value(at), 0) / near.length;
    const scale = Math.exp(mean((at) => at.log));
    return { gain: Math.exp(log) / scale, offset: (offset - mean((at) => at.offset)) / scale };
  });
}

/**
 * Average a frame with its neighbours, less by their distance in time and where the picture changed.
 *
 * @param frames the window, of one size; each with its correction and its distance in time
 * @param middle index of the frame itself
 * @returns the frame with smoothed values
 */
export function smoothOverTime(
  frames: readonly { depth: CoarseDepth; correction: Affine; apart: number }[],
  middle: number,
): CoarseDepth {
  const { depth } = frames[middle]!;
  const reach = Math.max(1, ...frames.map(({ apart }) => Math.abs(apart)));
  const sum = new Float64Array(depth.values.length);
  const total = new Float64Array(depth.values.length);
  for (const { depth: { values, luminance, visible }, correction, apart } of frames) {
    const inTime = Math.exp(-2 * (apart / reach) ** 2);
    for (let p = 0; p < sum.length; p++) {
      if (apart !== 0 && !visible[p]) continue;
      const change = (luminance[p]! - depth.luminance[p]!) / STILL;
      const weight = inTime * Math.exp(-0.5 * change * change);
      sum[p]! += weight * (correction.gain * values[p]! + correction.offset);
      total[p]! += weight;
    }
  }
  return { ...depth, values: Float32Array.from(sum, (value, p) => value / total[p]!) };
}
