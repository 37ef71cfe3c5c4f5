/**
 * Where the tensors of a plan live: slots that temporary ones share, buffers of their own, ranges of the parameter store.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import type { Step } from "./dispatch.ts";
import { assignSlots, touched } from "./liveness.ts";
import { MemoryError } from "./memory_error.ts";
import type { ParameterStore } from "./parameters.ts";
import type { Tensor } from "./tensor.ts";

/** Part of a buffer. */
export interface BufferRange {
  /** Whose part it is. */
  readonly buffer: GPUBuffer;
  /** Where it starts, in bytes. */
  readonly offset: number;
  /** Its size. */
  readonly bytes: number;
}

/** See the module's text. */
export class PlanBuffers {
  readonly #gpu: Gpu;
  readonly #owned: GPUBuffer[] = [];
  readonly #places = new Map<Tensor, { buffer: GPUBuffer; offset: number }>();

  private constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /**
   * Buffers for all that the steps touch, and for `kept` besides.
   *
   * @param outputs temporary tensors among them are kept to the end of a run
   * @throws {MemoryError} when a tensor is too large to be bound, or the adapter has not enough memory
   */
  static async create(
    gpu: Gpu,
    store: ParameterStore,
    steps: readonly Step[],
    outputs: ReadonlySet<Tensor>,
    kept: Iterable<Tensor>,
  ): Promise<PlanBuffers> {
    const made = new PlanBuffers(gpu);
    const all = steps.flatMap(touched).map(({ tensor }) => tensor);
    const slots = assignSlots(steps, outputs);
    for (const tensor of all) made.#checkBinding(tensor);
    gpu.device.pushErrorScope("out-of-memory");
    const buffers = slots.sizes.map((bytes, i) => made.#buffer(`slot ${i}`, bytes));
    for (const [tensor, { slot, offset }] of slots.of) {
      made.#places.set(tensor, { buffer: buffers[slot]!, offset });
    }
    for (const tensor of [...all, ...kept]) made.#place(tensor, store);
    if (await gpu.device.popErrorScope()) {
      const { bytes } = made;
      made.destroy();
      throw new MemoryError(
        `Cannot make the buffers of a network, ${bytes} bytes and ${store.bytes} for its parameters: ` +
          "the adapter has not that much memory",
      );
    }
    return made;
  }

  #checkBinding({ name, bytes }: Tensor): void {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#gpu.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (bytes > limit) {
      throw new MemoryError(
        `Cannot bind "${name}" of ${bytes} bytes: this adapter binds at most ${limit}`,
      );
    }
  }

  #buffer(label: string, bytes: number): GPUBuffer {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    return this.#own({
      label,
      size: Math.max(16, bytes),
      usage: STORAGE | COPY_SRC | COPY_DST,
    });
  }

  #own(descriptor: GPUBufferDescriptor): GPUBuffer {
    const buffer = this.#gpu.device.createBuffer(descriptor);
    this.#owned.push(buffer);
    return buffer;
  }

  #place(tensor: Tensor, store: ParameterStore): void {
    if (this.#places.has(tensor)) return;
    if (tensor.residence === "store") {
      this.#places.set(tensor, { buffer: store.buffer(tensor.flat!), offset: tensor.offset });
    } else if (tensor.residence === "host" || tensor.residence === "persistent") {
      this.#places.set(tensor, { buffer: this.#buffer(tensor.name, tensor.bytes), offset: 0 });
    }
  }

  /** A buffer for the uniforms of all dispatches. */
  uniforms(bytes: number): GPUBuffer {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    return this.#own({ label: "uniforms", size: bytes, usage });
  }

  /**
   * Where a tensor or view is.
   *
   * @throws Error when it is not part of the plan
   */
  range(tensor: Tensor): BufferRange {
    const place = this.#places.get(tensor.base ?? tensor);
    if (!place) {
      throw new Error(
        `Cannot reach "${tensor.name}": it is not part of this plan, or not kept by Graph.output()`,
      );
    }
    return {
      buffer: place.buffer,
      offset: place.offset + (tensor.base ? tensor.offset : 0),
      bytes: tensor.bytes,
    };
  }

  /** Of the buffers that were made here. */
  get bytes(): number {
    return this.#owned.reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** Free the buffers. Parameters stay with their store. */
  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy();
    this.#owned.length = 0;
  }
}
