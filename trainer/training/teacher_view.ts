/**
 * What the teacher sees: the faces of a rotated cube, cut from panoramas without colour jitter; and the masks that go
 * with them.
 *
 * @module
 */
import { equirectToCubeTaps, IDENTITY, type Matrix3, type Taps } from "@depth-anywhere/geometry";
import type { Teacher } from "@depth-anywhere/teacher";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { toPlanes } from "../kernels/planes.ts";
import { prepareImage } from "../kernels/prepare_image.ts";
import { resample } from "../kernels/resample.ts";
import { inputMap, type ResampleMap } from "../kernels/resample_map.ts";
import { resized } from "../models/resized.ts";
import { MaskView } from "./mask_view.ts";

/** Sizes of a view. */
export interface ViewOptions {
  /** Panoramas in a batch. */
  readonly batch: number;
  /** V, their height; faces are cut at V/2. */
  readonly viewHeight: number;
  /** Rotations in a batch: 1, or one for each panorama. */
  readonly rotations: number;
  readonly recipe: "paper" | "released";
}

/** One batch of panoramas to label. */
export interface ViewBatch {
  /** Packed RGBA, `[N*V*2V]`. */
  readonly pixels: Uint32Array;
  /** 1 where valid, `[N*V*2V]`. */
  readonly valid: Uint8Array;
  /** `augmentationWords()`; the jitter in it is not applied. */
  readonly augmentation: Uint32Array;
  readonly rotations: readonly Matrix3[];
}

/** Labels and masks of a batch. */
export interface PseudoLabels {
  /** The teacher's disparity `[6N, T, T]`, if it ran on the CPU; otherwise it is in the buffer that was given. */
  readonly disparity?: Float32Array;
  /** `[6N, V/2, V/2, 4]`, the mask in the first channel; `undefined` when everything is valid. */
  readonly mask?: Float32Array;
}

/** Cuts and labels. */
export class TeacherView {
  readonly #gpu: Gpu;
  readonly #teacher: Teacher;
  readonly #plan: Plan;
  readonly #options: ViewOptions;
  readonly #inputs: { pixels: Tensor; augmentation: Tensor; map: ResampleMap };
  readonly #faces: Tensor;
  /** Opened by the first batch in which something is masked. */
  #masks?: MaskView;
  #latest?: { readonly rotation: Matrix3; readonly taps: Taps };

  private constructor(
    gpu: Gpu,
    teacher: Teacher,
    plan: Plan,
    options: ViewOptions,
    inputs: { pixels: Tensor; augmentation: Tensor; map: ResampleMap },
    faces: Tensor,
  ) {
    this.#gpu = gpu;
    this.#teacher = teacher;
    this.#plan = plan;
    this.#options = options;
    this.#inputs = inputs;
    this.#faces = faces;
  }

  /** Build the plan that cuts faces. */
  static async open(gpu: Gpu, teacher: Teacher, options: ViewOptions): Promise<TeacherView> {
    const { batch, viewHeight, rotations, recipe } = options;
    const cut = viewHeight / 2;
    const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
    const count = batch * 2 * viewHeight ** 2;
    const pixels = graph.input("view pixels", [count]);
    const view = prepareImage(graph, pixels, {
      size: { height: viewHeight, width: 2 * viewHeight },
      jitter: false,
      mean: teacher.preprocessing.mean,
      deviation: teacher.preprocessing.std,
    });
    const map = inputMap(graph, "view", cubeTaps(options, IDENTITY), rotations);
    const size = { height: cut, width: cut, to: "image-major" } as const;
    let faces = resample(graph, view.image, map, size);
    const side = teacher.inputSize;
    // The released code only enlarges faces; a teacher of small ones would see the aliases of one bilinear tap.
    const sampling = recipe === "paper" ? "antialiased" : "bilinear";
    if (side !== cut) faces = resized(graph, faces, side, side, sampling);
    const planes = graph.output(toPlanes(graph, faces));
    const plan = await graph.build();
    const inputs = { pixels, augmentation: view.parameters, map };
    return new TeacherView(gpu, teacher, plan, options, inputs, planes);
  }

  /**
   * Label a batch.
   *
   * @param labels receives the disparity of a teacher on the GPU
   */
  async label(batch: ViewBatch, labels: GPUBuffer): Promise<PseudoLabels> {
    return await (await this.begin(batch, labels)).labels;
  }

  /**
   * Cut the faces of a batch and hand them to the teacher. Resolves as soon as they are cut: work that is submitted
   * then runs while a teacher in wasm threads labels.
   *
   * @param labels receives the disparity of a teacher on the GPU
   */
  async begin(batch: ViewBatch, labels: GPUBuffer): Promise<{ labels: Promise<PseudoLabels> }> {
    const plan = this.#plan;
    const { pixels, augmentation, map } = this.#inputs;
    const taps = batch.rotations.map((rotation) => this.#tapsOf(rotation));
    plan.write(pixels, batch.pixels);
    plan.write(augmentation, batch.augmentation);
    taps.forEach((own, which) => map.write(plan, own, { which }));
    plan.run();
    const count = 6 * this.#options.batch;
    const mask = await this.#cutMask(batch, taps);
    const teacher = this.#teacher;
    if (teacher.execution === "wasm") {
      const faces = await plan.read(this.#faces);
      return { labels: teacher.label(faces, count).then((disparity) => ({ disparity, mask })) };
    }
    await teacher.label(plan.range(this.#faces).buffer, count, labels);
    return { labels: Promise.resolve({ mask }) };
  }

  async #cutMask(
    { valid, augmentation }: ViewBatch,
    taps: readonly Taps[],
  ): Promise<Float32Array | undefined> {
    if (!valid.includes(0)) return undefined;
    this.#masks ??= await MaskView.open(this.#gpu, this.#options, taps);
    return await this.#masks.cut(valid, augmentation, taps);
  }

  /** The faces of the last batch that was labelled, `[6N, 3, T, T]`, as the teacher got them. */
  faces(): Promise<Float32Array> {
    return this.#plan.read(this.#faces);
  }

  /** Those of the last rotation are kept: an evaluation turns one panorama after the other alike. */
  #tapsOf(rotation: Matrix3): Taps {
    if (this.#latest?.rotation !== rotation) {
      this.#latest = { rotation, taps: cubeTaps(this.#options, rotation) };
    }
    return this.#latest.taps;
  }

  destroy(): void {
    this.#plan.destroy();
    this.#masks?.destroy();
  }
}

function cubeTaps({ viewHeight, recipe }: ViewOptions, rotation: Matrix3): Taps {
  return equirectToCubeTaps({
    height: viewHeight,
    width: 2 * viewHeight,
    size: viewHeight / 2,
    rotation,
    recipe,
  });
}
