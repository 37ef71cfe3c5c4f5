/**
 * Runs ONNX models by onnxruntime-web, as somebody without this project would.
 *
 * @module
 */
import type * as Ort from "onnxruntime-web";

/** A float array and its sizes. */
export interface OnnxArray {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Run a model once. */
export async function runOnnx(
  model: Uint8Array,
  feeds: Readonly<Record<string, OnnxArray>>,
): Promise<Record<string, OnnxArray>> {
  const ort: typeof Ort = await import("onnxruntime-web"); // wants permissions to load
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  try {
    const inputs = Object.entries(feeds).map(([name, { data, dims }]) =>
      [name, new ort.Tensor("float32", data, dims)] as const
    );
    const outputs = await session.run(Object.fromEntries(inputs));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data, dims }]) => [name, {
        data: data as Float32Array,
        dims,
      }]),
    );
  } finally {
    await session.release();
  }
}
