import type { Dtype, TensorData } from "./safetensors.ts";

/**
 * The elements of a stored tensor as 32-bit floats, whatever they are; float32 itself is not copied.
 *
 * @param dtype tells `BF16` from words
 */
export function toFloat32(data: TensorData, dtype: Dtype): Float32Array {
  if (data instanceof Float32Array) return data;
  if (dtype !== "BF16") return Float32Array.from(data as ArrayLike<number | bigint>, Number);
  const words = Uint32Array.from(data as Uint16Array, (word) => word << 16); // the upper half of a float32
  return new Float32Array(words.buffer);
}
