/**
 * What a checkpoint may be of: every student in every form that changes its tensors.
 *
 * @module
 */
import { findStudent, type Student, type StudentOptions } from "../models/student.ts";

/** A student in one of its forms. */
export interface Form {
  readonly student: Student;
  /** All options but the width. */
  readonly options: Omit<StudentOptions, "width">;
}

/** All of them. */
export function forms(): Form[] {
  return ["unifuse"].map((name) => ({ student: findStudent(name), options: {} }));
}
