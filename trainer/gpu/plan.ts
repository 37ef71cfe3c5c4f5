/**
 * A built graph: buffers, bind groups and pipelines, ready to be run again and again.
 *
 * @module
 */
import { type Command, encode, warmUp } from "./command.ts";
import type { Gpu } from "./device.ts";
import type { Dispatch, Phase, Step, Word } from "./dispatch.ts";
import { assignSlots, touched } from "./liveness.ts";
import { MemoryError } from "./memory_error.ts";
import type { ParameterStore } from "./parameters.ts";
import { readBuffer } from "./readback.ts";
import { compile } from "./shader.ts";
import { type Tensor, words } from "./tensor.ts";

const uniformStride = 256;

/** Steps whose pipelines are made together; the driver compiles them while those of the next ones are made. */
const stepsAtOnce = 16;

/** How many seconds of GPU time a submit should stay below: operating systems reset a GPU that hangs for 2 s. */
const submitSeconds = 0.4;

/** What one command of a plan took. */
export interface ProfileRow {
  /** Of the dispatch, or `clear NAME`. */
  readonly label: string;
  /** Where in the step it stands. */
  readonly phase: Phase;
  /** By the clock of the profile. */
  readonly seconds: number;
  /** Two per multiply-add; 0 where they are not counted. */
  readonly flops: number;
  /** Bytes that are moved at least: each bound tensor once, twice where it is read and written. */
  readonly traffic: number;
}

/** See the module's text. Made by `Graph.build()`. */
export class Plan {
  readonly #gpu: Gpu;
  readonly #commands: Command[] = [];
  readonly #owned: GPUBuffer[] = [];
  readonly #places = new Map<Tensor, { buffer: GPUBuffer; offset: number }>();
  #flopsPerSubmit: number;

  private constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#flopsPerSubmit = gpu.kind === "cpu" ? 8e9 : 40e9; // before anything was measured; see paced()
  }

  /** Used by `Graph.build()`. */
  static async create(
    gpu: Gpu,
    store: ParameterStore,
    steps: readonly Step[],
    initial: ReadonlyMap<Tensor, Float32Array | Uint32Array>,
    outputs: ReadonlySet<Tensor>,
  ): Promise<Plan> {
    const plan = new Plan(gpu);
    const slots = assignSlots(steps, outputs);
    for (const { tensor } of steps.flatMap(touched)) plan.#checkBinding(tensor);
    gpu.device.pushErrorScope("out-of-memory");
    const buffers = slots.sizes.map((bytes, i) => plan.#buffer(`slot ${i}`, bytes));
    for (const [tensor, { slot, offset }] of slots.of) {
      plan.#places.set(tensor, { buffer: buffers[slot]!, offset });
    }
    for (const step of steps) {
      for (const { tensor } of touched(step)) plan.#place(tensor, store);
    }
    for (const tensor of [...initial.keys(), ...outputs]) {
      if (tensor.residence !== "temp") plan.#place(tensor, store);
    }
    if (await gpu.device.popErrorScope()) {
      throw new MemoryError(
        `Cannot make the buffers of a network, ${plan.bytes} bytes and ${store.bytes} for its parameters: ` +
          "the adapter has not that much memory",
      );
    }
    for (const [tensor, data] of initial) plan.write(tensor, data);
    await plan.#record(steps);
    return plan;
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
    const buffer = this.#gpu.device.createBuffer({
      label,
      size: Math.max(16, bytes),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
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

  /** Buffer, byte offset and size of a tensor or view, e.g. to let a renderer write into an input. */
  range(tensor: Tensor): { buffer: GPUBuffer; offset: number; bytes: number } {
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

  async #record(steps: readonly Step[]): Promise<void> {
    const { device } = this.#gpu;
    const dispatches = steps.filter((step) => "dispatch" in step);
    const uniforms = device.createBuffer({
      label: "uniforms",
      size: Math.max(1, dispatches.length) * uniformStride,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.#owned.push(uniforms);
    const data = new DataView(new ArrayBuffer(uniforms.size));
    let next = 0;
    for (let first = 0; first < steps.length; first += stepsAtOnce) {
      const some = steps.slice(first, first + stepsAtOnce);
      const pipelines = await Promise.all(
        some.map((step) =>
          "dispatch" in step ? compile(this.#gpu, step.dispatch.shader) : undefined
        ),
      );
      const recorded = some.map((step, i) => {
        if ("clear" in step) {
          const { phase, clear: { name, bytes: traffic } } = step;
          const clear = this.range(step.clear);
          return { label: `clear ${name}`, phase, flops: 0, traffic, clear, writes: [] };
        }
        const at = next++ * uniformStride;
        (step.dispatch.uniforms ?? []).forEach((word, k) => setWord(data, at + 4 * k, word));
        return this.#bind(step, pipelines[i]!, { buffer: uniforms, offset: at });
      });
      this.#commands.push(...recorded);
      warmUp(device, recorded);
    }
    device.queue.writeBuffer(uniforms, 0, data.buffer);
  }

  /** A dispatch with everything bound. */
  #bind(
    { dispatch, phase }: Step & { dispatch: Dispatch },
    pipeline: GPUComputePipeline,
    uniforms: { buffer: GPUBuffer; offset: number },
  ): Command {
    const { label, bindings, workgroups, flops = 0 } = dispatch;
    const entries: GPUBindGroupEntry[] = bindings.map(({ tensor }, i) => {
      const { buffer, offset, bytes } = this.range(tensor);
      return { binding: i + 1, resource: { buffer, offset, size: bytes } };
    });
    if (dispatch.uniforms) {
      const size = Math.ceil(dispatch.uniforms.length / 4) * 16;
      entries.push({ binding: 0, resource: { ...uniforms, size } });
    }
    const layout = pipeline.getBindGroupLayout(0);
    return {
      label,
      phase,
      flops,
      traffic: trafficOf(dispatch),
      pipeline,
      group: this.#gpu.device.createBindGroup({ label, layout, entries }),
      workgroups,
      writes: bindings.filter(({ tensor, access }) => tensor.finite && access !== "read")
        .map(({ tensor }) => tensor),
    };
  }

  /** Write an input: all of it, or from a word on. */
  write(tensor: Tensor, data: ArrayBufferView, offsetWords = 0): void {
    if (data.byteLength === 0) return; // Deno 2.9.6 panics on an empty write
    const { buffer, offset, bytes } = this.range(tensor);
    if (offsetWords * 4 + data.byteLength > bytes) {
      throw new RangeError(
        `Cannot write ${data.byteLength} bytes at word ${offsetWords} of "${tensor.name}": it has ${bytes} bytes`,
      );
    }
    this.#gpu.device.queue.writeBuffer(
      buffer,
      offset + offsetWords * 4,
      data as ArrayBufferView<ArrayBuffer>,
    );
  }

  /** Read a tensor after the runs so far, padding included, as 32-bit floats however it is stored. Waits for the GPU. */
  async read(tensor: Tensor): Promise<Float32Array> {
    const { buffer, offset, bytes } = this.range(tensor);
    const read = await readBuffer(this.#gpu.device, buffer, offset, bytes);
    if (tensor.stored === "f32") return read;
    return Float32Array.from(new Float16Array(read.buffer, read.byteOffset, words(tensor)));
  }

  /**
   * Submit the whole plan, or one phase of it: `forward`, `backward` and `update` one after the other are a whole run.
   * Does not wait.
   */
  run(phase?: Phase): void {
    const { device } = this.#gpu;
    let flops = 0;
    let encoder = device.createCommandEncoder({ label: "plan" });
    let pass: GPUComputePassEncoder | undefined;
    for (const command of this.#commands) {
      if (phase !== undefined && command.phase !== phase) continue;
      if (flops > 0 && flops + command.flops > this.#flopsPerSubmit) {
        pass?.end();
        pass = undefined;
        device.queue.submit([encoder.finish()]);
        encoder = device.createCommandEncoder({ label: "plan" });
        flops = 0;
      }
      flops += command.flops;
      pass = encode(command, encoder, pass);
    }
    pass?.end();
    device.queue.submit([encoder.finish()]);
  }

  /** Tell how long a run took, so that later runs are split into submits short enough for a watchdog. */
  paced(seconds: number): void {
    const flops = this.flops;
    if (seconds > 0 && flops > 0) {
      this.#flopsPerSubmit = Math.max(1e8, flops / seconds * submitSeconds);
    }
  }

  /** Two per multiply-add, of one run. */
  get flops(): number {
    return this.#commands.reduce((sum, command) => sum + command.flops, 0);
  }

  /** Bytes of the buffers that this plan made itself. */
  get bytes(): number {
    return this.#owned.reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** Number of dispatches of one run. */
  get dispatches(): number {
    return this.#commands.filter((command) => command.pipeline).length;
  }

  /**
   * Run one command at a time and wait for each: what takes the time, in order.
   *
   * @param clock seconds; wall time by default, on a software adapter the process's CPU time can be of interest
   */
  async profile(clock: () => number = () => performance.now() / 1000): Promise<ProfileRow[]> {
    const { queue } = this.#gpu.device;
    const rows: ProfileRow[] = [];
    await queue.onSubmittedWorkDone();
    for (const command of this.#commands) {
      const start = clock();
      this.#submitOne(command);
      const done = queue.onSubmittedWorkDone(); // in Deno the wait is in the call; the await adds 10 ms
      const inCall = clock() - start;
      await done;
      const seconds = "Deno" in globalThis ? inCall : clock() - start;
      const { label, phase, flops, traffic } = command;
      rows.push({ label, phase, seconds, flops, traffic });
    }
    return rows;
  }

  /**
   * Run one command at a time and look at what each wrote, until a number is NaN or infinite. Slow: for telling why
   * a run stopped.
   *
   * @returns label of the dispatch and name of the tensor, or `undefined` when all numbers are finite
   */
  async trace(): Promise<{ label: string; tensor: string } | undefined> {
    for (const command of this.#commands) {
      this.#submitOne(command);
      for (const tensor of command.writes) {
        const words = await this.read(tensor);
        if (words.some((word) => !Number.isFinite(word))) {
          return { label: command.label, tensor: tensor.name };
        }
      }
    }
    return undefined;
  }

  #submitOne(command: Command): void {
    const encoder = this.#gpu.device.createCommandEncoder({ label: command.label });
    encode(command, encoder, undefined)?.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
  }

  /** Free the buffers. Parameters stay with their store. */
  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy();
    this.#owned.length = 0;
  }
}

function trafficOf({ bindings }: Dispatch): number {
  return bindings.reduce(
    (sum, { tensor, access }) => sum + (access === "readwrite" ? 2 : 1) * tensor.bytes,
    0,
  );
}

function setWord(data: DataView, at: number, word: Word): void {
  if (typeof word === "number") data.setUint32(at, word, true);
  else data.setFloat32(at, word.f32, true);
}
