/**
 * Depth errors of panoramas under a named protocol and alignment. Everything is float64.
 *
 * @module
 */
import { type Alignment, fitAffine, median } from "./alignment.ts";
import type { Protocol } from "./metrics_protocol.ts";

/** Errors of one image, or their mean over images. */
export interface Metrics {
  /** mean |p - g| / g. */
  readonly absRel: number;
  /** mean (p - g)² / g, metres. */
  readonly sqRel: number;
  /** Root of the mean squared error, metres. */
  readonly rmse: number;
  /** mean |p - g|, metres. */
  readonly mae: number;
  /** Root of the mean squared difference of log10(d + offset). */
  readonly rmseLog: number;
  /** mean |log10 p - log10 g|. */
  readonly log10: number;
  /** Share of pixels with max(p/g, g/p) < 1.25. */
  readonly delta1: number;
  /** The same for 1.25². */
  readonly delta2: number;
  /** The same for 1.25³. */
  readonly delta3: number;
}

/** The names of all metrics, in the order of tables. */
const METRICS: readonly (keyof Metrics)[] = [
  "absRel",
  "sqRel",
  "rmse",
  "mae",
  "rmseLog",
  "log10",
  "delta1",
  "delta2",
  "delta3",
];

/** One prediction and its truth, pixel by pixel. */
export interface Sample {
  /** Predicted disparity (1/distance up to scale and shift) or distance in metres, see `kind`. */
  readonly prediction: ArrayLike<number>;
  /** What the prediction is. */
  readonly kind: "disparity" | "distance";
  /** True distance, metres; 0 where unknown. */
  readonly distance: ArrayLike<number>;
  /** Pixels that count besides the protocol's own range, not 0 where valid; all by default. */
  readonly mask?: ArrayLike<number>;
}

/** Which rules {@linkcode measure} applies. */
export interface MeasureOptions {
  /** The protocol. */
  readonly protocol: Protocol;
  /** How the prediction is fitted; without it, it is taken as it is. */
  readonly alignment?: Alignment;
}

/**
 * Errors of one image, or of several whose pixels are pooled: the affine fit is per image, the median factor
 * and the means are over all pixels together (the released code with a batch above 1).
 *
 * @param samples one image, or those to pool
 * @param options protocol and alignment
 * @returns the errors, or undefined if no pixel is valid
 * @throws {RangeError} if the lengths of a sample differ, or `affine` is asked for a distance
 */
export function measure(
  samples: Sample | readonly Sample[],
  { protocol, alignment }: MeasureOptions,
): Metrics | undefined {
  const truths: number[][] = [];
  const predictions: number[][] = [];
  for (const sample of "prediction" in samples ? [samples] : samples) {
    const [truth, prediction] = validPixels(sample, protocol);
    truths.push(truth);
    predictions.push(toDistance(prediction, truth, sample.kind, protocol, alignment));
  }
  const g = truths.flat();
  const p = predictions.flat();
  if (g.length === 0) return undefined;
  if (protocol.clampFirst) clamp(g, p, protocol);
  if (alignment !== undefined) {
    const factor = median(g, protocol.median) / median(p, protocol.median);
    for (let i = 0; i < p.length; i++) p[i]! *= factor;
  }
  if (!protocol.clampFirst) clamp(g, p, protocol);
  return errors(g, p, protocol.logOffset);
}

/**
 * Score of a prediction that is constant: the median of the truth. A useful network must beat it.
 *
 * @param sample any prediction with its truth; only the truth counts
 * @param protocol the rules
 * @returns the errors, or undefined if no pixel is valid
 */
export function measureConstant(sample: Sample, protocol: Protocol): Metrics | undefined {
  const prediction = new Float64Array(sample.distance.length).fill(1);
  return measure({ ...sample, prediction, kind: "distance" }, { protocol, alignment: "median" });
}

/**
 * Mean over images; each image counts the same however many pixels are valid.
 *
 * @param images errors by image; undefined ones are left out
 * @returns their mean, or undefined if there is none
 */
export function meanMetrics(images: Iterable<Metrics | undefined>): Metrics | undefined {
  const present = [...images].filter((m) => m !== undefined);
  if (present.length === 0) return undefined;
  const average = (key: keyof Metrics): number =>
    present.reduce((sum, m) => sum + m[key], 0) / present.length;
  return Object.fromEntries(METRICS.map((key) => [key, average(key)])) as unknown as Metrics;
}

function validPixels(
  { prediction, distance, mask }: Sample,
  { minimum, maximum, validUpperOpen }: Protocol,
): [truth: number[], prediction: number[]] {
  if (prediction.length !== distance.length || (mask && mask.length !== distance.length)) {
    throw new RangeError(
      `Cannot measure prediction as the lengths differ: current prediction has ${prediction.length} values, ` +
        `distance ${distance.length}, mask ${mask?.length ?? "none"}`,
    );
  }
  const truth: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < distance.length; i++) {
    const d = distance[i]!;
    if (mask && !mask[i]) continue;
    if (!(d > minimum && (validUpperOpen ? d < maximum : d <= maximum))) continue;
    truth.push(d);
    values.push(prediction[i]!);
  }
  return [truth, values];
}

/** Distances of the valid pixels, up to the median factor. */
function toDistance(
  prediction: number[],
  truth: number[],
  kind: Sample["kind"],
  { maximum, nonPositiveDisparity }: Protocol,
  alignment: Alignment | undefined,
): number[] {
  if (kind === "distance") {
    if (alignment !== "affine") return prediction;
    throw new RangeError("Cannot align a distance by an affine fit as that is for disparity");
  }
  const nonPositive = nonPositiveDisparity === "near" ? 0 : maximum;
  const invert = (x: number): number => x > 0 ? 1 / x : nonPositive;
  if (alignment !== "affine") return prediction.map(invert);
  const { scale, shift } = fitAffine(prediction, truth.map((d) => 1 / d));
  return prediction.map((x) => Math.min(invert(scale * x + shift), maximum));
}

function clamp(g: number[], p: number[], { clamp: range, overwriteTruth }: Protocol): void {
  if (!range) return;
  const [low, high] = range;
  for (let i = 0; i < g.length; i++) {
    g[i] = overwriteTruth && p[i]! > high ? high : Math.min(Math.max(g[i]!, low), high);
    p[i] = overwriteTruth ? Math.max(p[i]!, low) : Math.min(Math.max(p[i]!, low), high);
  }
}

function errors(g: number[], p: number[], offset: number): Metrics {
  const sum = { absRel: 0, sqRel: 0, rmse: 0, mae: 0, rmseLog: 0, log10: 0 };
  const within = [0, 0, 0];
  for (let i = 0; i < g.length; i++) {
    const [want, got] = [g[i]!, p[i]!];
    const error = Math.abs(got - want);
    sum.absRel += error / want;
    sum.sqRel += (error * error) / want;
    sum.rmse += error * error;
    sum.mae += error;
    sum.rmseLog += (Math.log10(got + offset) - Math.log10(want + offset)) ** 2;
    sum.log10 += Math.abs(Math.log10(got) - Math.log10(want));
    const ratio = Math.max(got / want, want / got);
    for (let k = 0; k < 3; k++) if (ratio < 1.25 ** (k + 1)) within[k]!++;
  }
  const n = g.length;
  return {
    absRel: sum.absRel / n,
    sqRel: sum.sqRel / n,
    rmse: Math.sqrt(sum.rmse / n),
    mae: sum.mae / n,
    rmseLog: Math.sqrt(sum.rmseLog / n),
    log10: sum.log10 / n,
    delta1: within[0]! / n,
    delta2: within[1]! / n,
    delta3: within[2]! / n,
  };
}
