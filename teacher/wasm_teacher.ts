/** A teacher on the CPU: threaded WebAssembly in a worker, for machines whose adapter is software. */

import type { LoadedModel } from "./load_model.ts";
import { IMAGENET, type WasmTeacher } from "./teacher.ts";
import type { TeacherForm } from "./teacher_form.ts";
import type { WasmReply, WasmRequest } from "./wasm_worker.ts";

/**
 * Start a teacher thread. It loads the model while others work: see the teacher's `ready`.
 *
 * @param model its file; the bytes are moved to the thread
 * @param form where its input and output are
 * @param threads WebAssembly threads
 * @param facesPerRun most faces in one run; as many as its memory surely holds when absent
 */
export function startWasmTeacher(
  model: LoadedModel,
  form: TeacherForm,
  threads: number,
  facesPerRun?: number,
): WasmTeacher {
  const thread = new WorkerThread(model.name);
  const { name, sha256, bytes, externalData } = model;
  const ready = thread.ask(
    { kind: "open", name, form, model: bytes, externalData, threads, facesPerRun },
    [bytes.buffer, ...externalData.map(({ data }) => data.buffer)],
  ).then(() => {}, (error) => {
    thread.stop();
    throw new Error(`Cannot load teacher "${name}": ${(error as Error).message}`, { cause: error });
  });
  ready.catch(() => {}); // said to who waits for it
  return {
    name,
    sha256,
    inputSize: form.inputSize,
    preprocessing: IMAGENET,
    ready,
    execution: "wasm",
    threads,
    async label(faces, count) {
      const wanted = count * 3 * form.inputSize ** 2;
      if (faces.length !== wanted) {
        throw new RangeError(
          `Cannot label ${count} faces of ${form.inputSize} pixels: the array has ${faces.length} values, expected ${wanted}`,
        );
      }
      await ready;
      return (await thread.ask({ kind: "label", faces, count })).labels!;
    },
    async close() {
      await ready.then(() => thread.ask({ kind: "close" }), () => {}); // without a network its thread is gone
      thread.stop();
    },
  };
}

/** A worker that answers every message once and in order. */
class WorkerThread {
  readonly #worker = new Worker(import.meta.resolve("./wasm_worker.ts"), { type: "module" });
  readonly #waiting: PromiseWithResolvers<Extract<WasmReply, { labels?: unknown }>>[] = [];
  readonly #name: string;
  #stopped: Error | undefined;

  constructor(name: string) {
    this.#name = name;
    this.#worker.onmessage = ({ data }: MessageEvent<WasmReply>) => {
      const waiting = this.#waiting.shift();
      if ("error" in data) waiting?.reject(data.error);
      else waiting?.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`its thread stopped: ${event.message}`);
    };
  }

  ask(
    message: WasmRequest,
    transfer: Transferable[] = [],
  ): Promise<Extract<WasmReply, { labels?: unknown }>> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const waiting = Promise.withResolvers<Extract<WasmReply, { labels?: unknown }>>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(message, transfer);
    return waiting.promise;
  }

  stop(): void {
    this.#worker.terminate();
    this.#fail("it was closed");
  }

  #fail(reason: string): void {
    this.#stopped = new Error(`Cannot ask teacher "${this.#name}" as ${reason}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#stopped);
  }
}
