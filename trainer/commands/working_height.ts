/**
 * Rows that a checkpoint is to work at: `--height` of `deno task predict` and `export`.
 *
 * @module
 */
import type { StudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import { checkHeight } from "../models/student.ts";
import { UsageError, wholeNumber } from "./command.ts";

/** Height of the published students, for a checkpoint that does not tell its own. */
const PUBLISHED = 512;

/** `--height` as a number, before any file is opened. @throws UsageError when no student works at it */
export function heightOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const height = wholeNumber("height", text, 64);
  if (height % 64 !== 0) throw new UsageError(`--height is "${text}": expected a multiple of 64`);
  return height;
}

/**
 * As named, as the checkpoint was trained, or as the published students were.
 *
 * @throws UsageError when the student does not work at it
 */
export function workingHeight(
  { student, height }: Pick<StudentCheckpoint, "student" | "height">,
  named: number | undefined,
): number {
  const rows = named ?? height ?? PUBLISHED;
  try {
    checkHeight(student, rows);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
  return rows;
}
