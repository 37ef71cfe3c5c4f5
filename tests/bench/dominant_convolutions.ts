/** Which convolutions take the most arithmetic of UniFuse. */
import { Tape } from "./networks/tape.ts";
import { unifuse } from "./networks/unifuse.ts";
import type { ConvolutionWork } from "./work.ts";

/** Multiply-adds of a forward pass. */
function multiplyAdds({ batch, height, width, inputs, outputs, kernel, stride }: ConvolutionWork) {
  return batch * height * width * inputs * outputs * kernel ** 2 / stride ** 2;
}

/** The `count` sizes whose layers together take the most, the heaviest first. */
export function dominantConvolutions(
  { batch, height, width }: { batch: number; height: number; width: number },
  count: number,
): ConvolutionWork[] {
  const tape = new Tape();
  unifuse(tape, tape.image([batch, 3, height, 2 * height]), { height, width });
  const sums = new Map<string, number>();
  for (const work of tape.convolutions) {
    const key = JSON.stringify(work);
    sums.set(key, (sums.get(key) ?? 0) + multiplyAdds(work));
  }
  return [...sums].sort(([, a], [, b]) => b - a).slice(0, count).map(([key]) => JSON.parse(key));
}
