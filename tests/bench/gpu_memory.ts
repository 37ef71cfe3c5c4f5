/** How much memory of a GPUDevice is in use: counted where buffers are made and destroyed. */

/** Counts from now on. Buffers that are only forgotten still count, as they do on the device. */
export class GpuMemory {
  #now = 0;
  #peak = 0;

  constructor(device: GPUDevice) {
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = create(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      let alive = true;
      this.#now += buffer.size;
      this.#peak = Math.max(this.#peak, this.#now);
      buffer.destroy = () => {
        if (alive) this.#now -= buffer.size;
        alive = false;
        return destroy();
      };
      return buffer;
    };
  }

  /** Largest sum of the sizes of all buffers alive, bytes. */
  get peak(): number {
    return this.#peak;
  }
}
