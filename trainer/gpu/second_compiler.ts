/**
 * A second thread that compiles shaders, for a driver that turns them into machine code on the CPU, one after the other as
 * they are first used: Mesa's llvmpipe, where some hundred shaders of a training step take 12 s. The thread has a device of
 * its own. What it has compiled, the driver finds in its cache on disk when the trainer's device comes to it.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { type Dispatch, type Step, uniformWords } from "./dispatch.ts";
import { pipelineKey, type Shader } from "./shader.ts";

/** A shader, and what it is first used with: llvmpipe compiles small uniforms in. */
export interface ShaderUse {
  readonly shader: Shader;
  readonly uniforms?: Uint32Array<ArrayBuffer> | undefined;
  /** Storage buffers, from `@binding(1)` on. */
  readonly bindings: number;
}

/** What the thread is told: what to compile, in this order, or to end, which it answers when it has. */
export type CompileRequest =
  | { readonly kind: "compile"; readonly subgroups: boolean; readonly uses: readonly ShaderUse[] }
  | { readonly kind: "end" };

/** See the module's text. Does nothing for other drivers. */
export class SecondCompiler implements AsyncDisposable {
  readonly #worker: Worker | undefined;
  readonly #subgroups: boolean;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Starts the thread: make it before what else has to be opened. */
  constructor({ name, subgroups }: Pick<Gpu, "name" | "subgroups">) {
    this.#subgroups = subgroups;
    if (!/llvmpipe/i.test(name) || navigator.hardwareConcurrency === 1) return;
    const url = import.meta.resolve("./second_compiler_worker.ts");
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = () => this.#ended.resolve();
    this.#worker.onerror = (event) => {
      event.preventDefault(); // the trainer compiles all of them itself
      this.#ended.resolve();
    };
  }

  /** Compile what these steps need, the last first: the trainer begins with the first. */
  help(steps: readonly Step[]): void {
    if (!this.#worker) return;
    const uses = new Map<string, ShaderUse>();
    for (const step of steps) {
      if (!("dispatch" in step)) continue;
      const key = pipelineKey(step.dispatch.shader);
      if (!uses.has(key)) uses.set(key, useOf(step.dispatch));
    }
    this.#ask({
      kind: "compile",
      subgroups: this.#subgroups,
      uses: [...uses.values()].reverse(),
    });
  }

  /** End the thread after the shader that it is at: a process that ends amid one breaks down. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#worker) return;
    this.#ask({ kind: "end" });
    await this.#ended.promise;
    this.#worker.terminate();
  }

  #ask(request: CompileRequest): void {
    this.#worker?.postMessage(request);
  }
}

function useOf({ shader, uniforms, bindings }: Dispatch): ShaderUse {
  return { shader, uniforms: uniforms && uniformWords(uniforms), bindings: bindings.length };
}
