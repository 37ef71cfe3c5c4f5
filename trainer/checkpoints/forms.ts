/**
 * What a checkpoint may be of: every student with every choice of its options.
 *
 * @module
 */
import {
  type OptionValue,
  type Student,
  type StudentOptions,
  students,
} from "../models/student.ts";

/** A student with its options chosen. */
export interface Form {
  readonly student: Student;
  /** Those that are not the defaults. */
  readonly options: NonNullable<StudentOptions["options"]>;
}

/** All of them, defaults first. */
export function forms(): Form[] {
  return students().flatMap((student) => {
    let choices: Record<string, OptionValue>[] = [{}];
    for (const [name, [first, ...others]] of Object.entries(student.options ?? {})) {
      choices = [first, ...others].flatMap((value) =>
        choices.map((chosen) => value === first ? chosen : { ...chosen, [name]: value! })
      );
    }
    return choices.map((options) => ({ student, options }));
  });
}
