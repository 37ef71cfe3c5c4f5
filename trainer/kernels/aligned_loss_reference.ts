/** Relative error after alignment in plain loops: the twin of `aligned_loss.wgsl`, in double precision. */

/** Loss of a batch; `pixels` are those of an item. */
export function alignedLossReference(
  prediction: ArrayLike<number>,
  target: ArrayLike<number>,
  mask: ArrayLike<number>,
  { alignment, pixels }: { alignment: "scale" | "affine"; pixels: number },
): number {
  const losses: number[] = [];
  for (let first = 0; first < prediction.length; first += pixels) {
    const valid = Array.from({ length: pixels }, (_, i) => first + i)
      .filter((i) => mask[i]! > 0.5 && Number.isFinite(target[i]!))
      .filter((i) => alignment === "affine" || target[i]! > 0);
    const p = valid.map((i) => prediction[i]!);
    const t = valid.map((i) => target[i]!);
    if (!(mean(t) > 0)) continue;
    const errors = alignment === "scale" ? scaleErrors(p, t) : affineErrors(p, t);
    losses.push(mean(errors.map((r) => Math.abs(r) / (1 + Math.abs(r)))));
  }
  return losses.length === 0 ? 0 : mean(losses);
}

function scaleErrors(p: readonly number[], t: readonly number[]): number[] {
  const ratios = p.map((value, i) => Math.log(Math.max(value, 1e-12)) - Math.log(t[i]!));
  return ratios.map((ratio) => ratio - mean(ratios));
}

function affineErrors(p: readonly number[], t: readonly number[]): number[] {
  const [centre, middle] = [mean(p), mean(t)];
  const spread = mean(p.map((value) => (value - centre) ** 2));
  const slope = mean(p.map((value, i) => (value - centre) * (t[i]! - middle)));
  const factor = spread > 1e-12 * centre ** 2 ? slope / spread : 0;
  return p.map((value, i) =>
    (factor * (value - centre) + middle - t[i]!) / (t[i]! + 0.05 * middle)
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
