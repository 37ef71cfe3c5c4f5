/// <reference lib="deno.worker" />
/** The thread of a wasm teacher: one onnxruntime-web session with threads of its own. {@link startWasmTeacher} owns it. */

import * as ort from "onnxruntime-web"; // this build, and no other, runs more than one thread in Deno
import { checkOutput, facesOfRun, type TeacherForm } from "./teacher_form.ts";

/** A message to the worker. */
export type WasmRequest =
  | {
    readonly kind: "open";
    readonly name: string;
    readonly form: TeacherForm;
    readonly model: Uint8Array<ArrayBuffer>;
    readonly externalData: readonly {
      readonly path: string;
      readonly data: Uint8Array<ArrayBuffer>;
    }[];
    readonly threads: number;
    readonly facesPerRun: number | undefined;
  }
  | { readonly kind: "label"; readonly faces: Float32Array; readonly count: number }
  | { readonly kind: "close" };

/** Its answer, one to each message. */
export type WasmReply =
  | { readonly labels?: Float32Array<ArrayBuffer> }
  | { readonly error: Error };

let session: ort.InferenceSession | undefined;
let open:
  | { readonly name: string; readonly form: TeacherForm; readonly facesPerRun: number | undefined }
  | undefined;

self.onmessage = async ({ data }: MessageEvent<WasmRequest>) => {
  try {
    if (data.kind === "open") {
      ort.env.wasm.numThreads = data.threads;
      session = await ort.InferenceSession.create(data.model, {
        executionProviders: ["wasm"],
        externalData: [...data.externalData],
      });
      const { name, form, facesPerRun } = data;
      open = { name, form, facesPerRun }; // the session has its own copy of the weights
      reply({});
    } else if (data.kind === "label") {
      const labels = await label(data.faces, data.count);
      reply({ labels }, [labels.buffer]);
    } else {
      await session?.release();
      session = undefined;
      reply({});
    }
  } catch (error) {
    reply({ error: error as Error });
  }
};

async function label(faces: Float32Array, count: number): Promise<Float32Array<ArrayBuffer>> {
  const { name, form, facesPerRun } = open!;
  const { input, output, batch, inputSize } = form;
  const area = inputSize * inputSize;
  const labels = new Float32Array(count * area);
  const most = batch ?? facesPerRun ?? facesOfRun(inputSize);
  for (let from = 0; from < count; from += most) {
    const chunk = batch ?? Math.min(most, count - from);
    const part = new Float32Array(chunk * 3 * area); // zeros after the last face of a fixed batch
    part.set(faces.subarray(from * 3 * area, Math.min(count, from + chunk) * 3 * area));
    const feed = new ort.Tensor("float32", part, [chunk, 3, inputSize, inputSize]);
    const result = (await session!.run({ [input]: feed }, [output]))[output]!;
    checkOutput(name, result.dims, chunk, inputSize);
    const data = result.data as Float32Array;
    labels.set(data.subarray(0, Math.min(chunk, count - from) * area), from * area);
    result.dispose();
  }
  return labels;
}

function reply(message: WasmReply, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
