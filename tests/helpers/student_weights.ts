/**
 * Weights of a student that are told by a rule, and files of them.
 *
 * @module
 */
import { signatureOf } from "../../trainer/checkpoints/signature.ts";
import type { NamedWeights } from "../../trainer/models/initialise.ts";
import type { Student, StudentOptions } from "../../trainer/models/student.ts";
import { fillParameter } from "../parity/fill_rule.ts";
import { type Pickled, tensor } from "./pytorch_writer.ts";

/** Every parameter and running statistic, by the fill rule of the reference numbers. */
export function filledWeights(
  student: Student,
  options: StudentOptions,
  seed = "filled",
): NamedWeights {
  return new Map(
    Array.from(signatureOf(student, options), ([name, shape]) => [
      name,
      { shape, data: fillParameter(seed, name, shape) },
    ]),
  );
}

/** A state dict to be pickled, each name behind `prefix`. */
export function stateDict(weights: NamedWeights, prefix = ""): Map<string, Pickled> {
  return new Map(
    Array.from(weights, ([name, { shape, data }], i) => [
      prefix + name,
      tensor(`${i}`, shape, data),
    ]),
  );
}
