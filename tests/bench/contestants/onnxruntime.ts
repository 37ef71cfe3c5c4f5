/**
 * onnxruntime-web, as a contestant: the same exported student by either of its builds that run in Deno.
 *
 * @module
 */
import type * as Ort from "onnxruntime-web";
import type { Contestant, Floats, Material, Opening } from "../answer.ts";
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from "../../../trainer/kernels/prepare_image.ts";

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
  const plane = shape[2]! * shape[3]!;
  const colours = data.map((value, i) => { // a student normalises its panorama itself
    const channel = Math.floor(i / plane) % 3;
    return value * IMAGENET_DEVIATION[channel]! + IMAGENET_MEAN[channel]!;
  });
  const panorama = new ort.Tensor("float32", colours as Floats, shape);
  const infer = async (): Promise<Ort.Tensor> => (await session.run({ panorama })).disparity!;
  return {
    versions: { "onnxruntime-web": ort.env.versions.web ?? "" },
    adapter,
    async check() {
      const y = await infer();
      const [n, h, w] = y.dims as [number, number, number];
      return new Map([["y", { shape: [n, 1, h, w], data: y.data as Floats }]]);
    },
    async run(iterations) {
      for (let i = 0; i < iterations; i++) await infer();
    },
  };
}
