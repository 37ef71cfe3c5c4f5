/**
 * Raise how often something is repeated until a measurement is long beside what it costs to wait for its end.
 *
 * @param run repeats it and gives the seconds of all
 * @param least seconds of a measurement
 * @returns the last measurement
 */
export async function repeats(
  run: (times: number) => Promise<number>,
  least: number,
): Promise<{ times: number; seconds: number }> {
  let times = 1;
  let seconds = await run(times);
  while (seconds < least && times < 1 << 14) {
    times = Math.ceil(times * Math.min(16, 1.5 * least / Math.max(seconds, 1e-4)));
    seconds = await run(times);
  }
  return { times, seconds };
}
