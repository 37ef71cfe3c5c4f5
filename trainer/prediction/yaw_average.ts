/**
 * Predictions of one panorama turned about the vertical axis, merged into one without a seam.
 *
 * @module
 */

/** The golden section: its multiples spread any number of turns evenly, and over a quarter turn too. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Columns to roll a panorama to the right by, the first being 0. Two are half a turn apart, so that either sees the other's
 * seam in its middle.
 *
 * @param count at least 1
 */
export function yawColumns(count: number, width: number): number[] {
  if (count === 2) return [0, width / 2];
  return Array.from({ length: count }, (_, k) => Math.round((k * GOLDEN % 1) * width) % width);
}

/** Roll the columns of `[height, width]` to the right; they wrap. */
export function rollColumns(map: Float32Array, width: number, columns: number): Float32Array {
  const rolled = map.slice();
  const by = (columns % width + width) % width;
  for (let row = 0; row < map.length; row += width) {
    rolled.set(map.subarray(row, row + width - by), row + by);
    rolled.set(map.subarray(row + width - by, row + width), row);
  }
  return rolled;
}

/**
 * Merge predictions of rolled panoramas. Each weighs cos² of half the longitude that it saw a pixel at: nothing at its own
 * seam, where a network that pads with zeros does not agree with itself, and all in its middle. One alone is kept as it is.
 *
 * @param maps rolled back, `[height, width]` each
 * @param columns that each was rolled by
 */
export function mergeYaws(
  maps: readonly Float32Array[],
  columns: readonly number[],
  width: number,
): Float32Array {
  if (maps.length === 1) return maps[0]!;
  const weights = columns.map((by) =>
    Float64Array.from(
      { length: width },
      (_, column) => Math.cos((((column + by) % width + 0.5) / width - 0.5) * Math.PI) ** 2,
    )
  );
  return Float32Array.from(maps[0]!, (_, p) => {
    let [sum, total] = [0, 0];
    maps.forEach((map, k) => {
      const weight = weights[k]![p % width]!;
      sum += weight * map[p]!;
      total += weight;
    });
    return sum / total;
  });
}
