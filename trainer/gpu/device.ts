/**
 * The GPUDevice that a process computes on: which adapter it sits on, what it was granted. second_compiler.ts opens one more
 * to compile on.
 *
 * @module
 */
import type { TileChoice } from "../kernels/conv2d_tile_choice.ts";

/** An open device and what decides the choice of kernels on it. */
export interface Gpu {
  /** All buffers and commands are its own. */
  readonly device: GPUDevice;
  /** `cpu`: a software adapter (llvmpipe, SwiftShader); `gpu`: real hardware. */
  readonly kind: "cpu" | "gpu";
  /** The adapter's own name, for logs and config.json. */
  readonly name: string;
  /** Whether subgroup operations were granted; Deno does not list the feature, so it is tried. */
  readonly subgroups: boolean;
  /** Whether timestamp queries were granted. */
  readonly timestamps: boolean;
  /** Whether 16-bit floats were granted. */
  readonly f16: boolean;
  /** What was granted, which may be less than what the adapter offers. */
  readonly limits: GPUSupportedLimits;
  /** Tiles of the convolution kernels for GPUs, the default ones when left out. A software adapter with it takes those kernels. */
  readonly tiles?: TileChoice;
}

/** Limits that the kernels need; everything above the defaults of WebGPU is asked for only if it is there. */
const needed: Record<string, number> = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxStorageBufferBindingSize: 1 << 27,
};

/** Limits that are raised to what the adapter offers. */
const raised = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
] as const;

function isSoftware(info: GPUAdapterInfo): boolean {
  const named = `${info.description} ${info.vendor} ${info.device}`;
  return (info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true ||
    /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(named);
}

/**
 * Open the best adapter of this machine.
 *
 * @param options `subgroups: false` leaves subgroup operations off (to test the portable kernels)
 * @throws Error when there is no adapter, with what to install
 * @throws RangeError when the adapter lacks a needed limit, with limit, wanted and actual value
 */
export async function openGpu(options: { subgroups?: boolean } = {}): Promise<Gpu> {
  const gpu = (navigator as { gpu?: GPU }).gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new Error(
      "Cannot open a GPU as there is no WebGPU adapter: install a graphics driver, " +
        'or Mesa\'s software driver (Debian/Ubuntu: "apt-get install mesa-vulkan-drivers"), or use ./denow',
    );
  }
  const offered = adapter.limits as unknown as Record<string, number>;
  for (const [limit, wanted] of Object.entries(needed)) {
    const actual = offered[limit] ?? 0;
    if (actual < wanted) {
      throw new RangeError(
        `Cannot use adapter "${adapter.info.description}" as its limit ${limit} is ${actual}: at least ${wanted} is needed`,
      );
    }
  }
  const requiredLimits: Record<string, number> = {};
  for (const limit of raised) requiredLimits[limit] = offered[limit]!;
  const features = (["timestamp-query", "shader-f16"] as const)
    .filter((feature) => adapter.features.has(feature));
  const device = await requestDevice(adapter, requiredLimits, features, options.subgroups ?? true);
  device.addEventListener("uncapturederror", (event) => {
    refuse((event as GPUUncapturedErrorEvent).error);
  });
  return {
    device,
    kind: isSoftware(adapter.info) ? "cpu" : "gpu",
    name: adapter.info.description || adapter.info.device || adapter.info.vendor,
    subgroups: device.features.has("subgroups" as GPUFeatureName),
    timestamps: device.features.has("timestamp-query"),
    f16: device.features.has("shader-f16"),
    limits: device.limits,
  };
}

/** A command that the GPU refuses is left out: what follows would be computed from nothing. Deno would not say a word. */
function refuse({ message }: GPUError): never {
  throw new Error(`Cannot go on as the GPU refused a command: ${message}`);
}

async function requestDevice(
  adapter: GPUAdapter,
  requiredLimits: Record<string, number>,
  features: GPUFeatureName[],
  subgroups: boolean,
): Promise<GPUDevice> {
  if (subgroups) {
    try {
      const requiredFeatures = [...features, "subgroups" as GPUFeatureName];
      return await adapter.requestDevice({ label: "trainer", requiredFeatures, requiredLimits });
    } catch {
      // Not granted: the portable kernels serve.
    }
  }
  return await adapter.requestDevice({
    label: "trainer",
    requiredFeatures: features,
    requiredLimits,
  });
}
