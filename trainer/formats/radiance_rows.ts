/** How much of a Radiance file is there; three's loader leaves black what is missing. */

/**
 * Count the rows that are whole.
 *
 * @param data what follows the header of a file that was decoded: four bytes a pixel, or the runs of its rows
 * @returns `height` for a whole file
 */
export function wholeRows(data: Uint8Array, width: number, height: number): number {
  if (isFlat(data, width)) return Math.min(Math.floor(data.length / (4 * width)), height);
  let at = 0;
  for (let row = 0; row < height; row++) {
    at += 4; // says again that runs follow, and the width
    for (let values = 0; values < 4 * width;) {
      if (at >= data.length) return row;
      const count = data[at]!;
      const repeats = count > 128; // one value `count - 128` times, else `count` values
      values += repeats ? count - 128 : count;
      at += repeats ? 2 : 1 + count;
    }
    if (at > data.length) return row;
  }
  return height;
}

/** Whether pixels stand one after another, by the rule of three's loader. */
function isFlat([first, second, third]: Uint8Array, width: number): boolean {
  return width < 8 || width > 0x7fff || first !== 2 || second !== 2 || third! > 127;
}
