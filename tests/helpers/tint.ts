/**
 * Tint, the WGSL compiler of Chrome, without a GPU: Dawn's null backend from npm. It refuses what naga lets pass (barriers
 * in non-uniform control flow, missing `enable` lines, unclear operator precedence).
 *
 * @module
 */

/** An open compiler. */
export interface Tint {
  /** What is wrong with an entry point of a WGSL text, as `line:column message`; empty when it is right. */
  check(text: string, entryPoint: string): Promise<string[]>;
  close(): void;
}

/** Open Tint. Loads a native module: needs `--allow-ffi`. */
export async function openTint(): Promise<Tint> {
  const { create } = await import("webgpu");
  const instance = create(["backend=null"]);
  const adapter = await instance.requestAdapter();
  if (!adapter) throw new Error("Cannot open Dawn's null backend as it gives no adapter");
  const device = await adapter.requestDevice({
    requiredFeatures: ["subgroups", "shader-f16"] as GPUFeatureName[],
  });
  const modules = new Map<string, GPUShaderModule>();
  return {
    async check(text, entryPoint) {
      device.pushErrorScope("validation");
      const module = modules.get(text) ?? device.createShaderModule({ code: text });
      modules.set(text, module);
      const { messages } = await module.getCompilationInfo();
      const errors = messages.filter((message) => message.type === "error")
        .map((message) => `${message.lineNum}:${message.linePos} ${message.message}`);
      // The pipeline checks what a module alone cannot: workgroup size and memory, bindings per stage.
      if (errors.length === 0) {
        device.createComputePipeline({ layout: "auto", compute: { module, entryPoint } });
      }
      const error = await device.popErrorScope();
      return error && errors.length === 0 ? [error.message] : errors;
    },
    close() {
      device.destroy();
      void instance; // held until here: Dawn crashes or hangs once it is collected
    },
  };
}
