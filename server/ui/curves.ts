/** Curves as uPlot takes them: one ascending list of steps and a column a curve, gaps as null. */
import { type Series, thin } from "@depth-anywhere/trainer/runs/history";

/** More points than pixels are not seen. */
const POINTS = 4000;

/** Puts curves of different steps into one table: `[steps, values of the first, values of the second, …]`. */
export function table(
  curves: readonly Series[],
): [number[], ...(number | null)[][]] {
  const thinned = curves.map((curve) => thin(curve, POINTS));
  const steps = [...new Set(thinned.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
  const columns = thinned.map((curve) => {
    const at = new Map(curve.steps.map((step, i) => [step, curve.values[i]!]));
    return steps.map((step) => {
      const value = at.get(step);
      return value === undefined || !Number.isFinite(value) ? null : value;
    });
  });
  return [steps, ...columns];
}

/** Exponential mean over about 20 points, without the pull towards zero at the start. */
export function smooth(values: readonly (number | null)[], keep = 0.95): (number | null)[] {
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}
