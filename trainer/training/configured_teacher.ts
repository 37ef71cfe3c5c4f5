/**
 * The teacher of a configuration, and what it looks at.
 *
 * @module
 */
import { openTeacher, type Teacher, type TeacherOptions } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import type { Gpu } from "../gpu/device.ts";

/** Height of the panorama that the teacher's faces are cut from. */
export function viewHeight({ teacher, height }: TrainConfig): number {
  return Math.max(teacher.viewHeight, height);
}

/**
 * Open it: on the trainer's device if that is a GPU, in wasm threads if it is software. Threads load it while others
 * work: see its `ready`.
 *
 * @param onProgress told of every chunk, if the teacher is downloaded
 */
export async function openConfiguredTeacher(
  gpu: Gpu,
  { teacher, batch }: TrainConfig,
  onProgress?: TeacherOptions["onProgress"],
): Promise<Teacher | undefined> {
  if (batch.unlabeled === 0) return undefined;
  const options = {
    model: teacher.model,
    ...(teacher.size > 0 && { size: teacher.size }),
    threads: teacher.threads,
    early: true,
    ...(onProgress && { onProgress }),
  };
  return gpu.kind === "gpu" ? await openTeacher(options, gpu.device) : await openTeacher(options);
}
