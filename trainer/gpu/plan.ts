/**
 * A built graph: buffers, bind groups and pipelines, ready to be run again and again.
 *
 * @module
 */
import { bindSteps } from "./bind_steps.ts";
import { type Command, submit, submits } from "./command.ts";
import type { Gpu } from "./device.ts";
import type { Phase, Step } from "./dispatch.ts";
import type { ParameterStore } from "./parameters.ts";
import { type BufferRange, PlanBuffers } from "./plan_buffers.ts";
import { profile, type ProfileRow, trace, waitForEach } from "./profile.ts";
import { readBuffer } from "./readback.ts";
import { type Tensor, words } from "./tensor.ts";
import { mostSpans } from "./timestamps.ts";
import { time, type Timing } from "./timing.ts";

/** How many seconds of GPU time a submit should stay below: operating systems reset a GPU that hangs for 2 s. */
const submitSeconds = 0.4;

/** A phase of a plan, or which of its commands by their labels. */
export type Choice = Phase | ((label: string) => boolean);

/** See the module's text. Made by `Graph.build()`. */
export class Plan {
  readonly #gpu: Gpu;
  readonly #buffers: PlanBuffers;
  readonly #commands: readonly Command[];
  #flopsPerSubmit: number;

  private constructor(gpu: Gpu, buffers: PlanBuffers, commands: readonly Command[]) {
    this.#gpu = gpu;
    this.#buffers = buffers;
    this.#commands = commands;
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
    const kept = [...initial.keys(), ...outputs];
    const buffers = await PlanBuffers.create(gpu, store, steps, outputs, kept);
    const plan = new Plan(gpu, buffers, await bindSteps(gpu, buffers, steps));
    for (const [tensor, data] of initial) plan.write(tensor, data);
    return plan;
  }

  /** Buffer, byte offset and size of a tensor or view, e.g. to let a renderer write into an input. */
  range(tensor: Tensor): BufferRange {
    return this.#buffers.range(tensor);
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
   *
   * @param only what is run of it, for measuring what that takes without the others
   */
  run(only?: Choice): void {
    const { device } = this.#gpu;
    for (const some of submits(this.#chosen(only), { flops: this.#flopsPerSubmit })) {
      submit(device, some);
    }
  }

  #chosen(only?: Choice): readonly Command[] {
    if (only === undefined) return this.#commands;
    const chosen = typeof only === "string"
      ? ({ phase }: Command) => phase === only
      : ({ label }: Command) => only(label);
    return this.#commands.filter(chosen);
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
    return this.#buffers.bytes;
  }

  /** Number of dispatches of one run. */
  get dispatches(): number {
    return this.#commands.filter((command) => command.pipeline).length;
  }

  /**
   * Seconds of one run of a choice, which is submitted as one, so it has to be short; the queue must be empty. Commands that
   * add to what is there, or update it, do so again and again where they are timed by repeats: only the time is of use.
   */
  async time(only: Choice): Promise<Timing> {
    return await time(this.#gpu, this.#chosen(only));
  }

  /**
   * Run all and tell what each command took, in order. What holds of the numbers after {@link Plan.time} holds here too.
   *
   * @param clock seconds, to wait for each command by it; on a software adapter the process's CPU time can be of interest
   */
  async profile(clock?: () => number): Promise<ProfileRow[]> {
    if (clock) return await waitForEach(this.#gpu.device, this.#commands, clock);
    const most = { flops: this.#flopsPerSubmit, commands: mostSpans };
    return await profile(this.#gpu, [...submits(this.#commands, most)]);
  }

  /**
   * Run one command at a time and look at what each wrote, until a number is NaN or infinite. Slow: for telling why
   * a run stopped.
   *
   * @returns label of the dispatch and name of the tensor, or `undefined` when all numbers are finite
   */
  async trace(): Promise<{ label: string; tensor: string } | undefined> {
    return await trace(this.#gpu.device, this.#commands, (tensor) => this.read(tensor));
  }

  /** Free the buffers. Parameters stay with their store. */
  destroy(): void {
    this.#buffers.destroy();
  }
}
