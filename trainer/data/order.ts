/** Which panorama a training step uses, as a pure function of seed and step. */

import { below, hashText, uniform } from "../random.ts";

const EPOCH = hashText("data/epoch");
const EXPOSURE = hashText("data/exposure");

let last: { key: string; order: Uint32Array } | undefined;

/**
 * Index of the panorama at a place of a step. Epochs are whole permutations, each drawn from (seed, epoch), laid
 * end to end; a step takes the next `batch` of them, so none is left out.
 *
 * @param size panoramas in the set
 * @param batch panoramas a step takes
 * @param seed of the run
 * @param step counted from 0
 * @param item place in the batch, in `[0, batch)`
 * @returns index in `[0, size)`
 */
export function pick(
  size: number,
  batch: number,
  seed: number,
  step: number,
  item: number,
): number {
  const position = step * batch + item;
  return permutation(size, seed, Math.floor(position / size))[position % size]!;
}

/** Fisher-Yates from the hash of (seed, epoch); the latest is kept, since a run asks for it item by item. */
function permutation(size: number, seed: number, epoch: number): Uint32Array {
  const key = `${size} ${seed} ${epoch}`;
  if (last?.key === key) return last.order;
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = below(i + 1, seed, EPOCH, epoch, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  last = { key, order };
  return order;
}

/**
 * Exposure change of the panorama at a place of a step, in stops, uniform in `[-range, range)`.
 */
export function exposureStops(range: number, seed: number, step: number, item: number): number {
  return range * (2 * uniform(seed, EXPOSURE, step, item) - 1);
}
