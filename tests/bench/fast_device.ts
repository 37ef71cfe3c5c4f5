/**
 * A GPU that is as fast as one likes, in simulation: uploads are done, shaders are not run. What the host makes of a
 * step remains; and from when it hands over each step follows how long such a device would have waited.
 *
 * @module
 */

/** Queue of a device in simulation. Times in milliseconds. */
export class FastDevice {
  readonly #step: number;
  readonly #now: () => number;
  #busyUntil: number | undefined;
  /** How long it had nothing to do since the first step. */
  idle = 0;

  /** @param step how long the device takes for a training step; 0: done at once */
  constructor(step: number, now: () => number = () => performance.now()) {
    this.#step = step;
    this.#now = now;
  }

  /** From now on the device takes uploads and drops everything else. */
  static dropWork(device: GPUDevice): void {
    const queue = device.queue;
    queue.submit = () => GPUQueue.prototype.submit.call(queue, []); // what was written would pile up without a submit
  }

  /** A step is handed over. */
  submit(): void {
    const now = this.#now();
    const free = this.#busyUntil ?? now;
    this.idle += Math.max(0, now - free);
    this.#busyUntil = Math.max(now, free) + this.#step;
  }

  /** Resolves when the steps so far would be done. */
  async done(): Promise<void> {
    const left = (this.#busyUntil ?? 0) - this.#now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  }
}
