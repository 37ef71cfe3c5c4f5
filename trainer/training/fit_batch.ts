/**
 * How many panoramas of a step an adapter can bind: WebGPU binds 128 MiB at once by default, less than the maps of the
 * paper's six panoramas have.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import { findStudent } from "../models/student.ts";

/** Panoramas of each kind in a step. */
export type Batch = TrainConfig["batch"];

/** What of an adapter's limits decides. */
export interface BindingLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
}

/** Bytes of the largest map of a step: one of the student's, or the panoramas that the teacher's faces are cut from. */
export function largestMap(
  { student, height, teacher }: TrainConfig,
  { labeled, unlabeled }: Batch,
): number {
  const pixels = 2 * height * height * (labeled + unlabeled);
  const seen = 2 * (teacher.viewHeight || height) ** 2 * unlabeled;
  return 4 * Math.max(pixels * findStudent(student.name).floatsPerPixel(student.width), seen * 4);
}

/**
 * The batch of a configuration, lowered alike for both kinds until its largest map can be bound; one panorama of a kind
 * stays one, and none stays none.
 */
export function fitBatch(config: TrainConfig, limits: BindingLimits): Batch {
  const limit = bytesAtOnce(limits);
  let batch = config.batch;
  while (largestMap(config, batch) > limit && Math.max(batch.labeled, batch.unlabeled) > 1) {
    const less = (count: number): number => Math.max(Math.min(count, 1), count - 1);
    batch = { labeled: less(batch.labeled), unlabeled: less(batch.unlabeled) };
  }
  return batch;
}

/** A line of a run's introduction: from which batch it was lowered, and why. */
export function loweredText(config: TrainConfig, from: Batch, limits: BindingLimits): string {
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  const sum = ({ labeled, unlabeled }: Batch): string => `${labeled} + ${unlabeled}`;
  return `batch       lowered from ${sum(from)} to ${
    sum(config.batch)
  } panoramas a step: the largest map would have ${
    mebibytes(largestMap(config, from))
  } MiB, and this adapter binds at most ${mebibytes(bytesAtOnce(limits))} MiB`;
}

function bytesAtOnce({ maxStorageBufferBindingSize, maxBufferSize }: BindingLimits): number {
  return Math.min(maxStorageBufferBindingSize, maxBufferSize);
}
