/**
 * From the GPU to the host. Each call waits for the queue: in Deno at least 11 ms (denoland/deno ext/webgpu), so
 * nothing in a training step calls this.
 *
 * @module
 */

/** Copy a range of a buffer to the host. `offset` and `bytes` are multiples of 4. */
export async function readBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  offset: number,
  bytes: number,
): Promise<Float32Array> {
  const [words] = await readBuffers(device, [{ buffer, offset, bytes }]);
  return words!;
}

/** Copy several ranges with one wait. */
export async function readBuffers(
  device: GPUDevice,
  ranges: readonly { buffer: GPUBuffer; offset: number; bytes: number }[],
): Promise<Float32Array[]> {
  const total = ranges.reduce((sum, range) => sum + range.bytes, 0);
  const staging = device.createBuffer({
    label: "readback",
    size: total,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder({ label: "readback" });
  let at = 0;
  for (const { buffer, offset, bytes } of ranges) {
    encoder.copyBufferToBuffer(buffer, offset, staging, at, bytes);
    at += bytes;
  }
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const all = new Float32Array(staging.getMappedRange().slice(0));
  staging.unmap();
  staging.destroy();
  at = 0;
  return ranges.map(({ bytes }) => all.subarray(at / 4, (at += bytes) / 4));
}
