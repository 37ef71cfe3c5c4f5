/** onnxruntime-web with its WebGPU execution provider, on a device that it opens itself, as a contestant. */
import * as ort from "onnxruntime-web/webgpu";
import { answer } from "../answer.ts";
import { openModel } from "./onnxruntime.ts";

await answer(async (request, material) => {
  const adapter = await navigator.gpu.requestAdapter();
  const alone = { ...request, threads: 1 }; // threads of this build do not start in Deno
  return await openModel(ort, "webgpu", alone, material, adapter!.info.description);
});
Deno.exit(0);
