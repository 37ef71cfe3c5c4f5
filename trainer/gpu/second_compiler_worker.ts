/// <reference lib="deno.worker" />
/** The thread of a {@link SecondCompiler}. */

import { warmUp } from "./command.ts";
import { openGpu } from "./device.ts";
import type { CompileRequest, ShaderUse } from "./second_compiler.ts";
import { compile } from "./shader.ts";

/** Of a buffer that is bound in the place of a tensor: more than any struct of a shader. */
const bytes = 1 << 16;

let ending = false;
let working: Promise<void> = Promise.resolve();

self.onerror = (event) => event.preventDefault(); // also of a device that refuses a command
self.onmessage = async ({ data }: MessageEvent<CompileRequest>) => {
  if (data.kind === "compile") {
    working = compileAll(data.uses, data.subgroups).catch(() => {}); // the trainer comes to it, and says what is wrong
    return;
  }
  ending = true;
  await working;
  self.postMessage("ended");
};

async function compileAll(uses: readonly ShaderUse[], subgroups: boolean): Promise<void> {
  const gpu = await openGpu({ subgroups });
  const stands = new StandIns(gpu.device);
  try {
    for (const use of uses) {
      await new Promise((resolve) => setTimeout(resolve)); // messages come in between
      if (ending) break;
      const pipeline = await compile(gpu, use.shader);
      const entries = stands.entries(use);
      const layout = pipeline.getBindGroupLayout(0);
      warmUp(gpu.device, [{ pipeline, group: gpu.device.createBindGroup({ layout, entries }) }]);
      // The driver compiles; then the uniforms can be another shader's. In Deno the wait is in the call, the promise takes 10 ms more.
      void gpu.device.queue.onSubmittedWorkDone();
    }
  } finally {
    gpu.device.destroy();
  }
}

/** Buffers in the place of a plan's. */
class StandIns {
  readonly #device: GPUDevice;
  readonly #storage: GPUBuffer[] = [];
  readonly #uniform: GPUBuffer;

  constructor(device: GPUDevice) {
    this.#device = device;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.#uniform = device.createBuffer({ size: bytes, usage });
  }

  /** What a shader binds; each storage buffer is another one, as a dispatch may not read what it writes. */
  entries({ uniforms, bindings }: ShaderUse): GPUBindGroupEntry[] {
    const entries: GPUBindGroupEntry[] = Array.from(
      { length: bindings },
      (_, i) => ({ binding: i + 1, resource: { buffer: this.#storageAt(i) } }),
    );
    if (!uniforms) return entries;
    this.#device.queue.writeBuffer(this.#uniform, 0, uniforms);
    return [
      { binding: 0, resource: { buffer: this.#uniform, size: uniforms.byteLength } },
      ...entries,
    ];
  }

  #storageAt(i: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE;
    return this.#storage[i] ??= this.#device.createBuffer({ size: bytes, usage });
  }
}
