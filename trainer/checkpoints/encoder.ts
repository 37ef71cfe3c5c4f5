/**
 * A ResNet in a file of weights, to start a student's encoders from: torchvision's, or that of a teacher of this project.
 *
 * @module
 */
import { perspectiveEncoder } from "../models/perspective_net.ts";
import type { Student, StudentOptions } from "../models/student.ts";
import type { Shapes } from "./recognise.ts";
import { type Fit, fit, signatureOf } from "./signature.ts";

/**
 * What stands before the names of a file's encoder: nothing in torchvision's files, `encoder.` in a teacher's.
 *
 * @returns undefined when there is none
 */
export function encoderPrefix(entries: Shapes): string | undefined {
  return [perspectiveEncoder, ""].find((prefix) =>
    ["conv1.weight", "layer1.0.conv1.weight", "layer4.1.conv2.weight"]
      .every((name) => entries.has(prefix + name))
  );
}

/** The encoder's tensors by their names behind the prefix. */
function behind<T>(tensors: ReadonlyMap<string, T>, prefix: string): Map<string, T> {
  const some = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(some.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** How a file's encoder fits those of a student. Names are without prefixes; what is unused are further blocks. */
export interface EncoderFit extends Fit {
  /** Multiplier of the channels that the file's encoder has. */
  readonly width: number;
}

/** Compare a file's encoder with those of a student that has some. */
export function fitEncoder(
  student: Student,
  options: StudentOptions,
  entries: Shapes,
  prefix: string,
): EncoderFit {
  const signature = behind(signatureOf(student, options), student.encoders[0]!);
  const encoder = behind(entries, prefix);
  const whole = fit(signature, encoder);
  const unused = whole.unused.filter((name) => /^layer\d/.test(name) && !/tracked$/.test(name));
  const channels = encoder.get("conv1.weight")!.shape[0]! / signature.get("conv1.weight")![0]!;
  return { ...whole, unused, width: options.width * channels };
}
