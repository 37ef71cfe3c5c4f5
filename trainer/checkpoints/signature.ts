/**
 * The tensors that a student needs, told by recording it: no second list of them exists.
 *
 * @module
 */
import { Recording } from "../gpu/recording.ts";
import type { Shape } from "../gpu/tensor.ts";
import type { Student, StudentOptions } from "../models/student.ts";

/** Shapes by name, parameters first, then running statistics; PyTorch's names and layouts. */
export type Signature = ReadonlyMap<string, Shape>;

/** Of a student with its options. */
export function signatureOf(student: Student, options: StudentOptions): Signature {
  const recording = new Recording();
  const height = student.smallestHeight;
  student.record(recording, recording.input("image", [1, height, 2 * height, 3]), options);
  const { store } = recording;
  return new Map([...store.names(), ...store.states()].map((name) => [name, store.shape(name)]));
}

/** How the tensors of a file fit a signature. */
export interface Fit {
  /** Tensors that the network needs and the file has, of the right shape. */
  readonly fitting: readonly string[];
  /** Tensors that the file lacks. */
  readonly missing: readonly string[];
  /** Tensors that the file has in another shape. */
  readonly misshapen: readonly string[];
  /** Tensors of the file that the network does not need. */
  readonly unused: readonly string[];
}

/** Compare a file's tensors with a signature. */
export function fit(
  signature: Signature,
  entries: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): Fit {
  const [fitting, missing, misshapen]: [string[], string[], string[]] = [[], [], []];
  for (const [name, shape] of signature) {
    const entry = entries.get(name);
    if (!entry) missing.push(name);
    else if (`${entry.shape}` === `${shape}`) fitting.push(name);
    else misshapen.push(name);
  }
  const unused = [...entries.keys()].filter((name) => !signature.has(name));
  return { fitting, missing, misshapen, unused };
}
