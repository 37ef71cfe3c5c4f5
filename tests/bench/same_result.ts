/** Whether two contestants computed the same thing. */
import { SafetensorsFile } from "../../trainer/formats/safetensors_file.ts";

/**
 * Of all tensors of a file, the one that another file has most differently: |got - want| / |want| as Euclidean norms.
 * A tensor that is missing, of another length or not finite is off by infinity.
 */
export async function largestError(
  want: string,
  got: string,
): Promise<{ error: number; tensor: string }> {
  using wanted = await SafetensorsFile.open(want);
  using given = await SafetensorsFile.open(got);
  let worst = { error: 0, tensor: "" };
  for (const tensor of wanted.header.entries.keys()) {
    const there = given.header.entries.has(tensor);
    const error = there
      ? relativeError(
        (await wanted.read(tensor)).data as Float32Array,
        (await given.read(tensor)).data as Float32Array,
      )
      : Infinity;
    if (error > worst.error) worst = { error, tensor };
  }
  return worst;
}

function relativeError(want: Float32Array, got: Float32Array): number {
  if (want.length !== got.length) return Infinity;
  let [difference, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    difference += (got[i]! - want[i]!) ** 2;
    size += want[i]! ** 2;
  }
  if (!Number.isFinite(difference)) return Infinity;
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}
