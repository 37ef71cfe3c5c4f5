/**
 * What the teacher costs on this adapter: the six faces of a panorama, cut and labelled.
 *
 * @module
 */
import { IDENTITY } from "@depth-anywhere/geometry";
import { openTeacher } from "@depth-anywhere/teacher";
import type { Gpu } from "../gpu/device.ts";
import { PseudoCutter } from "./pseudo_cutter.ts";

/** Panoramas that are labelled together, as in a small step. */
const together = 4;

/**
 * Seconds a panorama, the best of `repeats` after one that compiles: on a GPU there, otherwise in wasm threads, as a run
 * has it.
 *
 * @param model as of `openTeacher()`
 * @param height of the panoramas
 */
export async function measureTeacher(
  gpu: Gpu,
  model: string,
  height: number,
  repeats = 3,
): Promise<number> {
  const teacher = gpu.kind === "gpu"
    ? await openTeacher({ model }, gpu.device)
    : await openTeacher({ model });
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
