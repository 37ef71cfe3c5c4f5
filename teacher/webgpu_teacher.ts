/** A teacher on the trainer's own GPUDevice: buffers in, buffers out, nothing read back. */

import * as ort from "onnxruntime-web/webgpu";
import type { LoadedModel } from "./load_model.ts";
import { IMAGENET, type WebGpuTeacher } from "./teacher.ts";
import { checkOutput, type TeacherForm } from "./teacher_form.ts";

/**
 * Load a teacher onto a device.
 *
 * @param model its file
 * @param form where its input and output are
 * @param device the trainer's device; it stays the caller's. In Deno its list of features loses "subgroups"
 * @param facesPerRun most faces in one run, to bound memory
 * @throws {Error} if onnxruntime-web cannot load the model
 */
export async function openWebGpuTeacher(
  model: LoadedModel,
  form: TeacherForm,
  device: GPUDevice,
  facesPerRun: number,
): Promise<WebGpuTeacher> {
  const { name, sha256, bytes, externalData } = model;
  let session: ort.InferenceSession;
  hideSubgroups(device);
  try {
    session = await ort.InferenceSession.create(bytes, {
      // the type of `device` is that of @webgpu/types, the object is the same
      executionProviders: [
        { name: "webgpu", device } as ort.InferenceSession.ExecutionProviderConfig,
      ],
      preferredOutputLocation: "gpu-buffer",
      externalData: [...externalData],
    });
  } catch (error) {
    throw new Error(`Cannot load teacher "${name}": ${(error as Error).message}`, { cause: error });
  }
  const run = new GpuRun(device, session, name, form, form.batch ?? facesPerRun);
  return {
    name,
    sha256,
    inputSize: form.inputSize,
    preprocessing: IMAGENET,
    ready: Promise.resolve(),
    execution: "webgpu",
    label: (faces, count, labels, first) => run.label(faces, count, labels, first),
    async close() {
      await run.close();
      await session.release();
    },
  };
}

/**
 * Keep onnxruntime-web from writing `enable subgroups;`, which Chromium demands and Deno's WGSL compiler refuses (naga 29
 * takes the builtins without it). onnxruntime-web goes by the device's list of features.
 */
function hideSubgroups(device: GPUDevice): void {
  const others = new Set<string>(device.features);
  if (!("Deno" in globalThis) || !others.delete("subgroups")) return;
  Object.defineProperty(device, "features", { value: others });
}

/** Feeds faces to a session in chunks, one question after the other: onnxruntime-web cannot run twice at a time. */
class GpuRun {
  readonly #device: GPUDevice;
  readonly #session: ort.InferenceSession;
  readonly #name: string;
  readonly #form: TeacherForm;
  readonly #most: number;
  #before: Promise<unknown> = Promise.resolve();
  #part: GPUBuffer | undefined; // a chunk of the faces: a tensor cannot start inside a buffer

  constructor(
    device: GPUDevice,
    session: ort.InferenceSession,
    name: string,
    form: TeacherForm,
    most: number,
  ) {
    this.#device = device;
    this.#session = session;
    this.#name = name;
    this.#form = form;
    this.#most = most;
  }

  /** As of the teacher. */
  label(faces: GPUBuffer, count: number, labels: GPUBuffer, first = 0): Promise<void> {
    const labelled = this.#before.then(() => this.#label(faces, count, labels, first));
    this.#before = labelled.catch(() => {}); // said to who asked
    return labelled;
  }

  async #label(faces: GPUBuffer, count: number, labels: GPUBuffer, first: number): Promise<void> {
    const { inputSize, batch } = this.#form;
    const bytes = 4 * inputSize * inputSize; // of one label; a face is three times that
    checkBuffer("faces", faces, 3 * bytes * count);
    checkBuffer("labels", labels, bytes * (first + count));
    for (let from = 0; from < count; from += this.#most) {
      const valid = Math.min(this.#most, count - from);
      const chunk = batch ?? valid;
      const whole = chunk === count && from === 0;
      const input = whole ? faces : this.#copyPart(faces, 3 * bytes * from, 3 * bytes * valid);
      await this.#run(input, chunk, (result) => {
        const encoder = this.#device.createCommandEncoder({ label: "teacher labels" });
        encoder.copyBufferToBuffer(result, 0, labels, bytes * (first + from), bytes * valid);
        this.#device.queue.submit([encoder.finish()]);
      });
    }
  }

  async #run(input: GPUBuffer, count: number, use: (result: GPUBuffer) => void): Promise<void> {
    const { input: inputName, output, inputSize } = this.#form;
    const feed = ort.Tensor.fromGpuBuffer(input as never, {
      dataType: "float32",
      dims: [count, 3, inputSize, inputSize],
    });
    const result = (await this.#session.run({ [inputName]: feed }, [output]))[output]!;
    try {
      checkOutput(this.#name, result.dims, count, inputSize);
      use(result.gpuBuffer as unknown as GPUBuffer);
    } finally {
      result.dispose();
      feed.dispose(); // frees the handle; the buffer stays the caller's
    }
  }

  /** A range of the faces in a buffer of its own; the rest of a fixed batch keeps what it held. */
  #copyPart(faces: GPUBuffer, offset: number, size: number): GPUBuffer {
    this.#part ??= this.#device.createBuffer({
      label: "teacher faces, part",
      size: 12 * this.#form.inputSize ** 2 * this.#most,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.#device.createCommandEncoder({ label: "teacher faces" });
    encoder.copyBufferToBuffer(faces, offset, this.#part, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    return this.#part;
  }

  async close(): Promise<void> {
    await this.#before;
    this.#part?.destroy();
  }
}

function checkBuffer(what: string, buffer: GPUBuffer, bytes: number): void {
  if (buffer.size >= bytes) return;
  throw new RangeError(
    `Cannot label faces as the buffer of ${what} is small: current size is ${buffer.size} bytes, needed are ${bytes}`,
  );
}
