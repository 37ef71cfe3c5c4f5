/**
 * The convolutions of a training step, as a share of what the adapter can do.
 *
 * @module
 */
import type { Gpu } from "../../../trainer/gpu/device.ts";
import { elapsed } from "../../../trainer/gpu/elapsed.ts";
import { measurePeaks, type Peaks } from "../../../trainer/gpu/peaks.ts";
import type { Plan } from "../../../trainer/gpu/plan.ts";
import type { ProfileRow } from "../../../trainer/gpu/profile.ts";
import { isConvolution } from "../kernel_table.ts";
import { ratios, type Spread, spread } from "../statistics.ts";

/** All convolutions of a step, gradients and second passes included, submitted together as a step does it. */
export interface ConvolutionsTiming {
  readonly seconds: Spread;
  /** GFLOP/s, counted as direct convolutions: the effective rate. */
  readonly rate: Spread;
  /** The effective rate as a share of the multiply-adds that the adapter does in the same round. */
  readonly ofPeak: Spread;
  /** The same of the multiply-adds that are done: Winograd's products are fewer. */
  readonly executedOfPeak: Spread;
}

/**
 * Time all convolutions of a step together, and the adapter's peaks, in turns. Waited for one by one, the same dispatches took
 * a quarter longer on llvmpipe: some 0.2 ms for each wait, and threads that have gone to sleep.
 */
export async function timeConvolutions(
  gpu: Gpu,
  plan: Plan,
  profile: readonly ProfileRow[],
  rounds: number,
): Promise<{ convolutions: ConvolutionsTiming; peaks: Peaks }> {
  const rows = profile.filter(({ label }) => isConvolution(label));
  const gflop = rows.reduce((sum, { flops }) => sum + flops / 1e9, 0);
  const executed = rows.reduce((sum, { executed }) => sum + executed / 1e9, 0);
  const [seconds, peaks]: [number[], Peaks[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    seconds.push(await elapsed(gpu.device, () => plan.run(isConvolution)));
    peaks.push(await measurePeaks(gpu));
  }
  const rates = seconds.map((time) => gflop / time);
  const peakRates = peaks.map(({ gflops }) => gflops);
  const most = (of: keyof Peaks): number => Math.max(...peaks.map((peak) => peak[of]));
  return {
    convolutions: {
      seconds: spread(seconds),
      rate: spread(rates),
      ofPeak: ratios(rates, peakRates),
      executedOfPeak: ratios(seconds.map((time) => executed / time), peakRates),
    },
    peaks: { gflops: most("gflops"), gigabytes: most("gigabytes") },
  };
}
