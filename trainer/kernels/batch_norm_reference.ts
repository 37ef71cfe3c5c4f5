/** What a batch norm takes besides x: `[C]` each, the residual `[N, H, W, C]`. */
export interface BatchNormNumbers {
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly runningMean: ArrayLike<number>;
  readonly runningVar: ArrayLike<number>;
  readonly residual?: ArrayLike<number>;
}

/** The output and the running statistics afterwards. */
export interface BatchNormResult {
  readonly y: Float64Array;
  readonly runningMean: Float64Array;
  readonly runningVar: Float64Array;
}

const epsilon = 1e-5;
const momentum = 0.1;

/**
 * y = (x - mean) / sqrt(variance + epsilon) * weight + bias [+ residual] [then relu], x: [pixels, C].
 *
 * @param options `running`: normalise by the running statistics and leave them alone
 */
export function batchNorm(
  x: ArrayLike<number>,
  { weight, bias, residual, ...running }: BatchNormNumbers,
  options: { relu?: boolean; running?: boolean } = {},
): BatchNormResult {
  const channels = weight.length;
  const pixels = x.length / channels;
  const y = new Float64Array(x.length);
  const runningMean = Float64Array.from(running.runningMean);
  const runningVar = Float64Array.from(running.runningVar);
  for (let c = 0; c < channels; c++) {
    let mean = 0;
    for (let p = 0; p < pixels; p++) mean += x[p * channels + c]! / pixels;
    let m2 = 0; // sum of squared deviations
    for (let p = 0; p < pixels; p++) m2 += (x[p * channels + c]! - mean) ** 2;
    let variance = m2 / pixels;
    if (options.running) {
      [mean, variance] = [runningMean[c]!, runningVar[c]!];
    } else {
      runningMean[c] = (1 - momentum) * runningMean[c]! + momentum * mean;
      runningVar[c] = (1 - momentum) * runningVar[c]! + momentum * m2 / (pixels - 1);
    }
    const scale = weight[c]! / Math.sqrt(variance + epsilon);
    for (let i = c; i < x.length; i += channels) {
      const z = (x[i]! - mean) * scale + bias[c]! + (residual?.[i] ?? 0);
      y[i] = options.relu && z < 0 ? 0 : z;
    }
  }
  return { y, runningMean, runningVar };
}
