import type { Tensor } from "../gpu/graph.ts";
import type { Plan } from "../gpu/plan.ts";

/** The mask of a plan's input. Data without masks have it written once, and not in every step. */
export class MaskInput {
  readonly #device: GPUDevice;
  readonly #plan: Pick<Plan, "write" | "range">;
  readonly #tensor: Tensor;
  #everything = false; // what the input holds

  /** @param tensor `[N, H, W, 1]` */
  constructor(device: GPUDevice, plan: Pick<Plan, "write" | "range">, tensor: Tensor) {
    this.#device = device;
    this.#plan = plan;
    this.#tensor = tensor;
  }

  /** @param mask `[N, H, W, 4]`, 1 in the first channel where a pixel counts; `undefined`: everywhere */
  write(mask: GPUBuffer | undefined): void {
    if (!mask && this.#everything) return;
    this.#everything = mask === undefined;
    if (!mask) return this.#plan.write(this.#tensor, ones(this.#tensor.bytes / 4));
    const { buffer, offset, bytes } = this.#plan.range(this.#tensor);
    const encoder = this.#device.createCommandEncoder({ label: "mask" });
    encoder.copyBufferToBuffer(mask, 0, buffer, offset, bytes);
    this.#device.queue.submit([encoder.finish()]);
  }
}

function ones(words: number): Float32Array {
  return Float32Array.from({ length: words }, (_, i) => i % 4 === 0 ? 1 : 0);
}

/**
 * Which faces are of panoramas with a mask: the released code leaves their label 0 out, and that of no others.
 *
 * @param valid 1 where valid, `[N, V, 2V]`
 * @param panoramas N
 * @returns `[6N]`, 1 for those of a panorama in which something is masked
 */
export function maskedFaces(valid: Uint8Array, panoramas: number): Uint32Array<ArrayBuffer> {
  const pixels = valid.length / panoramas;
  const masked = Array.from(
    { length: panoramas },
    (_, i) => valid.subarray(i * pixels, (i + 1) * pixels).includes(0),
  );
  return Uint32Array.from(
    { length: 6 * panoramas },
    (_, face) => masked[Math.floor(face / 6)] ? 1 : 0,
  );
}
