/**
 * A student's checkpoint, whoever wrote it: a run of this project, the authors' releases, an import.
 *
 * @module
 */
import type { NamedWeights } from "../models/initialise.ts";
import type { Student, StudentOptions } from "../models/student.ts";
import { recognise } from "./recognise.ts";
import type { Settings } from "./state_dict.ts";
import { openWeights, readWeights } from "./weights_file.ts";

/** An open checkpoint: what it is of is known, its numbers are read on demand. */
export interface StudentCheckpoint extends Disposable {
  readonly path: string;
  /** For people: `safetensors`, `PyTorch`. */
  readonly format: string;
  readonly student: Student;
  /** Its options, the width among them. */
  readonly options: StudentOptions;
  /** Height of the panoramas that it was trained at, if the file says so. */
  readonly height: number | undefined;
  /** Tensors of the file that the student does not need. */
  readonly unused: readonly string[];
  /** Plain values that stood beside the tensors. */
  readonly settings: Settings;
  /** Parameters and running statistics by PyTorch's names, in its layouts, in the order of the network. */
  weights(): Promise<NamedWeights>;
}

/**
 * Open a student's checkpoint.
 *
 * @param path `.safetensors` of a run or an import, `.pth`, or the folder of a run, whose newest one is taken
 * @throws Error when there is no such file
 * @throws SyntaxError when it is cut off, broken, or no file of weights
 * @throws TypeError when it is of no known student, does not fit it, or its pickle names anything but tensors
 */
export async function openStudentCheckpoint(path: string): Promise<StudentCheckpoint> {
  const file = await openWeights(path);
  try {
    const { student, options, signature, unused } = recognise(file.entries, file.path);
    return {
      path: file.path,
      format: file.format,
      student,
      options,
      height: trainedHeight(file.settings),
      unused,
      settings: file.settings,
      weights: () => readWeights(file, signature.keys()),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

/** Height of the panoramas of a training: UniFuse's trainer and this one's write it beside the weights. */
export function trainedHeight({ height }: Settings): number | undefined {
  const pixels = Number(height);
  return Number.isInteger(pixels) && pixels >= 64 && pixels % 64 === 0 ? pixels : undefined;
}
