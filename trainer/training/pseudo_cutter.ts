/**
 * Cuts the faces of some panoramas as they are, without augmentation, and has them labelled: for evaluation.
 *
 * @module
 */
import type { Matrix3 } from "@depth-anywhere/geometry";
import type { Teacher } from "@depth-anywhere/teacher";
import type { FaceLabels, LabelledPanorama } from "../evaluation/pseudo_set.ts";
import type { Gpu } from "../gpu/device.ts";
import { readBuffer } from "../gpu/readback.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { TeacherView } from "./teacher_view.ts";

/** See the module's text. */
export class PseudoCutter {
  readonly #gpu: Gpu;
  readonly #teacher: Teacher;
  readonly #view: TeacherView;
  readonly #batch: number;
  readonly #pixels: number;
  /** Disparity of a teacher on the GPU. */
  readonly #labels: GPUBuffer;

  private constructor(
    gpu: Gpu,
    teacher: Teacher,
    view: TeacherView,
    batch: number,
    pixels: number,
  ) {
    this.#gpu = gpu;
    this.#teacher = teacher;
    this.#view = view;
    this.#batch = batch;
    this.#pixels = pixels;
    this.#labels = gpu.device.createBuffer({
      label: "labels",
      size: batch * 6 * 4 * teacher.inputSize ** 2,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
  }

  /**
   * Build the plan.
   *
   * @param sizes `batch`: panoramas at once, at most; `viewHeight`: V, their height
   */
  static async open(
    gpu: Gpu,
    teacher: Teacher,
    { batch, viewHeight }: { batch: number; viewHeight: number },
  ): Promise<PseudoCutter> {
    const sizes = { batch, viewHeight, rotations: 1, recipe: "paper" } as const;
    const view = await TeacherView.open(gpu, teacher, sizes);
    return new PseudoCutter(gpu, teacher, view, batch, 2 * viewHeight ** 2);
  }

  /** Cut the faces of some panoramas under one rotation. Resolves when the teacher has them. */
  async label(
    panoramas: readonly LabelledPanorama[],
    rotation: Matrix3,
  ): Promise<{ labels: Promise<FaceLabels[]> }> {
    const pixels = new Uint32Array(this.#batch * this.#pixels);
    const valid = new Uint8Array(pixels.length).fill(1);
    panoramas.forEach((panorama, i) => {
      pixels.set(panorama.pixels, i * this.#pixels);
      if (panorama.valid) valid.set(panorama.valid, i * this.#pixels);
    });
    const augmentation = new Uint32Array(this.#batch * AUGMENTATION_WORDS);
    const batch = { pixels, valid, augmentation, rotations: [rotation] };
    const { labels } = await this.#view.begin(batch, () => this.#labels);
    const mask = await this.#view.masks(); // those of the next panoramas are cut into the same buffer
    if (this.#teacher.execution === "wasm") {
      return {
        labels: labels.then(({ disparity }) => this.#split(panoramas, disparity!, mask)),
      };
    }
    const { device } = this.#gpu; // the buffer is free for the next batch once it is read
    const disparity = await readBuffer(device, this.#labels, 0, this.#labels.size);
    return { labels: Promise.resolve(this.#split(panoramas, disparity, mask)) };
  }

  #split(
    panoramas: readonly LabelledPanorama[],
    disparity: Float32Array,
    mask: Float32Array | undefined,
  ): FaceLabels[] {
    const part = (values: Float32Array, i: number): Float32Array =>
      values.subarray(i * values.length / this.#batch, (i + 1) * values.length / this.#batch);
    return panoramas.map((_, i) => ({
      disparity: part(disparity, i).slice(),
      valid: mask && part(mask, i).filter((_, k) => k % 4 === 0),
    }));
  }

  destroy(): void {
    this.#view.destroy();
    this.#labels.destroy();
  }
}
