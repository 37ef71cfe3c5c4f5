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

self.onmessage = async ({ data }: MessageEvent<CompileRequest>) => {
  if (data.kind === "compile") {
    working = compileAll(data.uses, data.subgroups);
    return;
  }
  ending = true;
  await working.catch(() => {}); // the trainer comes to the same shader, and says what is wrong
  self.postMessage("ended");
};

async function compileAll(uses: readonly ShaderUse[], subgroups: boolean): Promise<void> {
  const gpu = await openGpu({ subgroups });
  const { device } = gpu;
  const made: GPUBuffer[] = [];
  const storage = (i: number): GPUBuffer =>
    made[i] ??= device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE });
  const uniform = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  for (const { shader, uniforms, bindings } of uses) {
    await new Promise((resolve) => setTimeout(resolve)); // messages come in between
    if (ending) break;
    const pipeline = await compile(gpu, shader);
    const entries: GPUBindGroupEntry[] = Array.from(
      { length: bindings },
      (_, i) => ({ binding: i + 1, resource: { buffer: storage(i) } }),
    );
    if (uniforms) {
      device.queue.writeBuffer(uniform, 0, uniforms);
      entries.push({ binding: 0, resource: { buffer: uniform, size: uniforms.byteLength } });
    }
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    warmUp(device, [{ pipeline, group }]);
    await device.queue.onSubmittedWorkDone(); // the driver compiles; then the uniforms can be another shader's
  }
}
