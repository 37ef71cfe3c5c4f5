/**
 * Weights as a safetensors file: PyTorch's names and layouts, nothing of the optimiser.
 *
 * @module
 */
import type { SafeTensor } from "../formats/safetensors.ts";
import { writeSafetensors } from "../formats/safetensors_file.ts";
import type { NamedWeights } from "../models/initialise.ts";
import type { StudentOptions } from "../models/student.ts";

/** What a student's file says of itself, as safetensors' free text. */
export function studentMetadata(
  name: string,
  { width, options = {} }: StudentOptions,
  height: number | undefined,
): Record<string, string> {
  const values = { student: name, width, ...options, ...(height && { height }) };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, `${value}`]));
}

/**
 * Write weights through a temporary file.
 *
 * @param options `half`: kernels as float16, half the size; vectors (biases, batch norms) stay float32
 * @throws RangeError when a value is too large for float16; it names the tensor
 */
export async function writeWeights(
  path: string,
  weights: NamedWeights,
  { metadata, half }: { metadata: Readonly<Record<string, string>>; half: boolean },
): Promise<void> {
  const tensors = Array.from(weights, ([name, { shape, data }]): [string, SafeTensor] => {
    const stored = half && shape.length > 1 ? halves(name, data) : data;
    return [name, { shape, data: stored as SafeTensor["data"] }];
  });
  await writeSafetensors(path, tensors, metadata);
}

function halves(name: string, data: Float32Array): Float16Array {
  const half = new Float16Array(data);
  const lost = half.findIndex((value, i) => !Number.isFinite(value) && Number.isFinite(data[i]));
  if (lost >= 0) {
    throw new RangeError(
      `Cannot store "${name}" as float16: element ${lost} is ${data[lost]}; leave --float16 away`,
    );
  }
  return half;
}
