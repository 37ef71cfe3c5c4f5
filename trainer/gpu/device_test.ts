import { rejects } from "node:assert/strict";
import { openGpu } from "./device.ts";

/** Runs with another adapter, or none, in place of the machine's. */
async function withAdapter(adapter: unknown, run: () => Promise<void>): Promise<void> {
  const gpu = { requestAdapter: () => Promise.resolve(adapter) };
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  try {
    await run();
  } finally {
    delete (navigator as { gpu?: unknown }).gpu; // the prototype's again
  }
}

Deno.test("openGpu() says what to install where there is no adapter", () =>
  withAdapter(null, () =>
    rejects(
      openGpu(),
      /^Error: Cannot open a GPU as there is no WebGPU adapter: install .*mesa-vulkan-drivers.*\.\/denow/,
    )));

Deno.test("openGpu() names the limit that an adapter lacks, what is there and what is needed", () => {
  const limits = {
    maxStorageBuffersPerShaderStage: 8,
    maxComputeInvocationsPerWorkgroup: 128,
    maxComputeWorkgroupStorageSize: 16384,
    maxStorageBufferBindingSize: 1 << 27,
  };
  return withAdapter({ limits, info: { description: "Small GPU" } }, () =>
    rejects(
      openGpu(),
      /^RangeError: Cannot use adapter "Small GPU" as its limit maxComputeInvocationsPerWorkgroup is 128: at least 256 is needed$/,
    ));
});
