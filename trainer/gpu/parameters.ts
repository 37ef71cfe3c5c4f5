/**
 * The numbers a network learns: flat buffers of values, gradients and Adam moments, with every tensor at a
 * 256-byte offset, and the running statistics beside them.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { fromGpuLayout, gpuWords, toGpuLayout } from "./layout.ts";
import { MemoryError } from "./memory_error.ts";
import { readBuffer } from "./readback.ts";
import { bindingAlignment, type Shape, type Tensor } from "./tensor.ts";

/** The flat buffers of a store. */
export type Flat = "values" | "gradients" | "m" | "v" | "states";

/** A range of each flat buffer, small enough to be bound. */
export interface FlatRange {
  /** What is learnt. */
  readonly values: Tensor;
  /** Of the loss by the values. */
  readonly gradients: Tensor;
  /** Adam's first moment. */
  readonly m: Tensor;
  /** Adam's second moment. */
  readonly v: Tensor;
}

interface Entry {
  readonly name: string;
  readonly shape: Shape;
  readonly flat: "values" | "states";
  readonly offset: number; // bytes
  readonly bytes: number;
}

/** Parameters and running statistics, shared by the plans of one network. */
export class ParameterStore {
  /** Where the buffers are. */
  readonly gpu: Gpu;
  #entries = new Map<string, Entry>();
  #sizes: Record<"values" | "states", number> = { values: 0, states: 0 };
  #buffers?: Partial<Record<Flat, GPUBuffer>>;
  #pending = new Map<string, Float32Array>();

  /** Nothing is allocated before the first buffer is asked for. */
  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /**
   * A store with the same tensors and, in its own buffers, the same values and statistics; without gradients and moments.
   *
   * @throws {MemoryError} when the adapter has not enough memory
   */
  async copy(): Promise<ParameterStore> {
    const copy = new ParameterStore(this.gpu);
    copy.#entries = new Map(this.#entries);
    copy.#sizes = { ...this.#sizes };
    const { device } = this.gpu;
    const flats = ["values", "states"] as const;
    device.pushErrorScope("out-of-memory");
    for (const flat of flats) copy.buffer(flat);
    if (await device.popErrorScope()) {
      copy.destroy();
      const bytes = flats.reduce((sum, flat) => sum + copy.#sizes[flat], 0);
      throw new MemoryError(
        `Cannot copy the parameters, ${bytes} bytes: the adapter has not that much memory`,
      );
    }
    copy.take(this);
    return copy;
  }

  /** Take the present values and statistics of a store with the same tensors, on the GPU. */
  take(from: ParameterStore): void {
    const encoder = this.gpu.device.createCommandEncoder({ label: "copy of a store" });
    for (const flat of ["values", "states"] as const) {
      const [source, target] = [from.buffer(flat), this.buffer(flat)];
      encoder.copyBufferToBuffer(source, 0, target, 0, target.size);
    }
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  /** Names of the trained tensors, in the order in which the network declared them. */
  names(): string[] {
    return this.#list("values");
  }

  /** Names of the running statistics. */
  states(): string[] {
    return this.#list("states");
  }

  #list(flat: "values" | "states"): string[] {
    return [...this.#entries.values()].filter((entry) => entry.flat === flat).map((entry) =>
      entry.name
    );
  }

  /** Logical shape (PyTorch's) of a tensor. */
  shape(name: string): Shape {
    return this.#entry(name).shape;
  }

  /** Number of trained numbers, padding left out. */
  count(): number {
    return this.names().reduce((sum, name) => sum + this.shape(name).reduce((a, b) => a * b, 1), 0);
  }

  /**
   * Place of a tensor, declared on first use. Called by `Graph.parameter()` and `Graph.state()`.
   *
   * @throws TypeError when the name is there with another shape
   * @throws Error when the store has its buffers already and the name is new
   */
  declare(
    name: string,
    shape: Shape,
    flat: "values" | "states",
  ): { offset: number; bytes: number } {
    const known = this.#entries.get(name);
    if (known) {
      if (known.flat !== flat || `${known.shape}` !== `${shape}`) {
        throw new TypeError(
          `Cannot declare "${name}" as [${shape}] in ${flat}: it is already [${known.shape}] in ${known.flat}`,
        );
      }
      return known;
    }
    if (this.#buffers) {
      throw new Error(
        `Cannot add "${name}" as the store has its buffers: record the training graph first`,
      );
    }
    const bytes = gpuWords(shape) * 4;
    const offset = this.#sizes[flat];
    this.#sizes[flat] = offset + Math.ceil(bytes / bindingAlignment) * bindingAlignment;
    const entry = { name, shape: [...shape], flat, offset, bytes };
    this.#entries.set(name, entry);
    return entry;
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) {
      throw new RangeError(
        `Cannot find parameter "${name}": the store has ${this.#entries.size} others`,
      );
    }
    return entry;
  }

  /**
   * The flat buffer itself; made when it is first asked for, so that predictions need no gradients. After the first call no
   * name can be added.
   */
  buffer(flat: Flat): GPUBuffer {
    const known = this.#buffers?.[flat];
    if (known) return known;
    this.#buffers ??= {};
    const made = this.gpu.device.createBuffer({
      label: flat,
      size: Math.max(bindingAlignment, this.#sizes[flat === "states" ? "states" : "values"]),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.#buffers[flat] = made;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [name, data] of pending) this.set(name, data);
    return made;
  }

  /** The whole of values, gradients and moments in ranges that fit a binding. For the optimiser. */
  ranges(): FlatRange[] {
    this.buffer("values");
    const most = Math.floor(this.gpu.limits.maxStorageBufferBindingSize / bindingAlignment) *
      bindingAlignment;
    const total = this.#sizes.values;
    const ranges: FlatRange[] = [];
    for (let offset = 0; offset < total; offset += most) {
      const bytes = Math.min(most, total - offset);
      const tensor = (flat: Flat): Tensor => ({
        id: -1,
        name: flat,
        shape: [bytes / 4],
        stored: "f32",
        bytes,
        requiresGradient: false,
        residence: "store",
        flat,
        offset,
      });
      ranges.push({
        values: tensor("values"),
        gradients: tensor("gradients"),
        m: tensor("m"),
        v: tensor("v"),
      });
    }
    return ranges;
  }

  /**
   * Set a parameter, statistic or moment.
   *
   * @param data PyTorch's layout: `[O, I, KH, KW]`, `[O, I]` or `[C]`
   * @throws RangeError when the length does not fit the shape
   */
  set(name: string, data: Float32Array, flat?: "gradients" | "m" | "v"): void {
    const entry = this.#entry(name);
    const wanted = entry.shape.reduce((a, b) => a * b, 1);
    if (data.length !== wanted) {
      throw new RangeError(
        `Cannot set "${name}" of shape [${entry.shape}]: ${data.length} numbers are given, not ${wanted}`,
      );
    }
    if (!this.#buffers && !flat) {
      this.#pending.set(name, data.slice());
      return;
    }
    const buffer = this.buffer(flat ?? entry.flat);
    this.gpu.device.queue.writeBuffer(
      buffer,
      entry.offset,
      toGpuLayout(data, entry.shape) as Float32Array<ArrayBuffer>,
    );
  }

  /** Read a parameter, its gradient, a statistic or a moment in PyTorch's layout. */
  async get(name: string, flat?: "gradients" | "m" | "v"): Promise<Float32Array> {
    const entry = this.#entry(name);
    const buffer = this.buffer(flat ?? entry.flat);
    const words = await readBuffer(this.gpu.device, buffer, entry.offset, entry.bytes);
    return fromGpuLayout(words, entry.shape);
  }

  /** Read all tensors of a flat buffer with one copy. */
  async getAll(flat: Flat): Promise<Map<string, Float32Array>> {
    const source = flat === "states" ? "states" : "values";
    const all = new Map<string, Float32Array>();
    if (this.#sizes[source] === 0) return all;
    const words = await readBuffer(this.gpu.device, this.buffer(flat), 0, this.#sizes[source]);
    for (const entry of this.#entries.values()) {
      if (entry.flat !== source) continue;
      const part = words.subarray(entry.offset / 4, (entry.offset + entry.bytes) / 4);
      all.set(entry.name, fromGpuLayout(part, entry.shape));
    }
    return all;
  }

  /** Bytes of all flat buffers, once training has asked for each. */
  get bytes(): number {
    return 4 * this.#sizes.values + this.#sizes.states;
  }

  /** Bytes of the flat buffers that were asked for so far. */
  get allocated(): number {
    return Object.values(this.#buffers ?? {}).reduce((sum, { size }) => sum + size, 0);
  }

  /** Free the buffers. */
  destroy(): void {
    for (const buffer of Object.values(this.#buffers ?? {})) buffer.destroy();
    this.#buffers = undefined;
  }
}
