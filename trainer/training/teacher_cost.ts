/**
 * What the teacher costs on this adapter: the six faces of a panorama, cut and labelled.
 *
 * @module
 */
import { IDENTITY } from "@depth-anywhere/geometry";
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";
import { openConfiguredTeacher, viewHeight } from "./configured_teacher.ts";
import { PseudoCutter } from "./pseudo_cutter.ts";

/** Panoramas that are labelled together, as in a small step. */
const together = 4;

/**
 * Seconds a panorama, the best of `repeats` after one that compiles; 0 where a configuration has no unlabelled panoramas.
 *
 * @throws Error when the teacher cannot be opened
 */
export async function measureTeacher(gpu: Gpu, config: TrainConfig, repeats = 3): Promise<number> {
  const teacher = await openConfiguredTeacher(gpu, config);
  if (!teacher) return 0;
  const height = viewHeight(config);
  try {
    const cutter = await PseudoCutter.open(gpu, teacher, { batch: together, viewHeight: height });
    try {
      return await bestOf(repeats, cutter, height) / together;
    } finally {
      cutter.destroy();
    }
  } finally {
    await teacher.close();
  }
}

/** Seconds of the fastest of some, after one that compiles. */
async function bestOf(repeats: number, cutter: PseudoCutter, height: number): Promise<number> {
  const pixels = new Uint32Array(2 * height ** 2).map((_, i) => i * 2654435761); // any colours
  const panoramas = Array.from({ length: together }, () => ({ name: "", pixels }));
  let best = Infinity;
  for (let turn = 0; turn <= repeats; turn++) {
    const start = performance.now();
    await (await cutter.label(panoramas, IDENTITY)).labels;
    if (turn > 0) best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}
