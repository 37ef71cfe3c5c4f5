/**
 * What a simulated device waits for data, as text.
 *
 * @module
 */
import type { Sections } from "./result.ts";
import { digits, table } from "./table.ts";

/** The section, if it is there. */
export function feedText({ feed }: Sections): string[] {
  if (!feed) return [];
  const { height, deviceMs, steps } = feed;
  const rows = ([["no image resized yet", feed.cold], ["in a later run", feed.warm]] as const)
    .map(([when, { step, dataWait, deviceIdle }]) => [
      when,
      digits(step),
      digits(dataWait),
      digits(deviceIdle),
      `${(100 * deviceIdle / deviceMs).toFixed(1)} %`,
    ]);
  return [
    `Data for a simulated device of ${deviceMs} ms a step, JPEGs of ${2 * height}x${height}, ` +
    `${steps} steps, ms a step; its teacher is done at once: what onnxruntime costs the host is not in it\n` +
    table(["", "step", "host waits for data", "device waits", "of its time"], rows),
  ];
}
