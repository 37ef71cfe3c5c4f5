/**
 * onnxruntime-web, as a contestant: the same ONNX file by either of its builds that run in Deno.
 *
 * @module
 */
import type * as Ort from "onnxruntime-web";
import type { Contestant, Floats, Material, Opening } from "../answer.ts";

/** What both builds have. */
type Runtime = Pick<typeof Ort, "InferenceSession" | "Tensor" | "env">;

/**
 * Opens the model of a request.
 *
 * @param provider of the build
 * @param adapter it computes on, if that is a graphics adapter
 */
export async function openModel(
  ort: Runtime,
  provider: "wasm" | "webgpu",
  { model, threads }: Opening,
  material: Material,
  adapter?: string,
): Promise<Contestant> {
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(await Deno.readFile(model!), {
    executionProviders: [provider],
  });
  const { data, shape } = material.get("image")!;
  const image = new ort.Tensor("float32", data, shape);
  const infer = async (): Promise<Ort.Tensor> => (await session.run({ image })).disparity!;
  return {
    versions: { "onnxruntime-web": ort.env.versions.web ?? "" },
    adapter,
    async check() {
      const y = await infer();
      return new Map([["y", { shape: y.dims, data: y.data as Floats }]]);
    },
    async run(iterations) {
      for (let i = 0; i < iterations; i++) await infer();
    },
  };
}
