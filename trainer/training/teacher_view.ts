/**
 * What the teacher sees: the faces of a rotated cube, cut from panoramas without colour jitter; and the masks that go
 * with them.
 *
 * @module
 */
import { equirectToCubeTaps, type Matrix3, type Taps } from "@depth-anywhere/geometry";
import type { Teacher, WasmTeacher } from "@depth-anywhere/teacher";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { toPlanes } from "../kernels/planes.ts";
import { prepareImage } from "../kernels/prepare_image.ts";
import { resample } from "../kernels/resample.ts";
import { resized } from "../models/resized.ts";
import { panoramasAtOnce } from "./batch_parts.ts";
import { MaskView } from "./mask_view.ts";
import { type RotatedMap, rotatedMap, type RotatedMapOptions } from "./rotated_map.ts";
import { grouped, type Grouping, type ViewBatch } from "./view_groups.ts";

/** Sizes of a view. */
export interface ViewOptions {
  /** Panoramas in a batch. */
  readonly batch: number;
  /** V, their height; faces are cut at V/2. */
  readonly viewHeight: number;
  /** Rotations in a batch: 1, or one for each panorama. */
  readonly rotations: number;
  readonly recipe: "paper" | "released";
  /** `false`: masks are not cut, for a loss that is blind to them. */
  readonly masks?: boolean;
}

/** Labels and masks of a batch. */
export interface PseudoLabels {
  /** The teacher's disparity `[6N, T, T]`, if it ran on the CPU; otherwise it is in the buffer that was given. */
  readonly disparity?: Float32Array;
  /**
   * `[6N, V/2, V/2, 4]` on the GPU until the next batch is begun, the mask in the first channel; `undefined` when
   * everything is valid.
   */
  readonly mask?: GPUBuffer;
}

/** Cuts and labels, as many panoramas at a time as the adapter can bind the faces of. */
export class TeacherView {
  readonly #gpu: Gpu;
  readonly #teacher: Teacher;
  readonly #plan: Plan;
  readonly #groups: Grouping;
  readonly #cut: RotatedMapOptions;
  readonly #masked: boolean;
  readonly #inputs: { pixels: Tensor; augmentation: Tensor; turned: RotatedMap };
  readonly #faces: Tensor;
  #last?: ViewBatch;
  /** Opened by the first batch in which something is masked. */
  #masks?: MaskView;

  private constructor(
    gpu: Gpu,
    teacher: Teacher,
    plan: Plan,
    groups: Grouping,
    cut: RotatedMapOptions,
    masked: boolean,
    inputs: { pixels: Tensor; augmentation: Tensor; turned: RotatedMap },
    faces: Tensor,
  ) {
    this.#gpu = gpu;
    this.#teacher = teacher;
    this.#plan = plan;
    this.#groups = groups;
    this.#cut = cut;
    this.#masked = masked;
    this.#inputs = inputs;
    this.#faces = faces;
  }

  /**
   * Build the plan that cuts faces.
   *
   * @throws RangeError when the adapter cannot bind the maps of a single panorama
   */
  static async open(gpu: Gpu, teacher: Teacher, options: ViewOptions): Promise<TeacherView> {
    const { batch, viewHeight, recipe, masks = true } = options;
    const largest = Math.max(2 * viewHeight ** 2, 6 * teacher.inputSize ** 2); // pixels: a panorama, its faces
    const together = panoramasAtOnce(gpu.limits, batch, 16 * largest);
    const cut = faceCut({ ...options, rotations: Math.min(options.rotations, together) });
    const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
    const count = together * 2 * viewHeight ** 2;
    const pixels = graph.input("view pixels", [count]);
    const view = prepareImage(graph, pixels, {
      size: { height: viewHeight, width: 2 * viewHeight },
      jitter: false,
      mean: teacher.preprocessing.mean,
      deviation: teacher.preprocessing.std,
    });
    const turned = rotatedMap(graph, "view", cut);
    const size = { height: cut.size, width: cut.size, to: "image-major" } as const;
    let faces = resample(graph, view.image, turned.map, size);
    const side = teacher.inputSize;
    // The released code only enlarges faces; a teacher of small ones would see the aliases of one bilinear tap.
    const sampling = recipe === "paper" ? "antialiased" : "bilinear";
    if (side !== cut.size) faces = resized(graph, faces, side, side, sampling);
    const planes = graph.output(toPlanes(graph, faces));
    const plan = await graph.build();
    const inputs = { pixels, augmentation: view.parameters, turned };
    return new TeacherView(gpu, teacher, plan, { batch, together }, cut, masks, inputs, planes);
  }

  /**
   * Label a batch.
   *
   * @param labels receives the disparity of a teacher on the GPU
   */
  async label(batch: ViewBatch, labels: GPUBuffer): Promise<PseudoLabels> {
    return await (await this.begin(batch, () => labels)).labels;
  }

  /**
   * Cut the faces of a batch and hand them to the teacher. Resolves as soon as they are cut: work that is submitted
   * then runs while a teacher in wasm threads labels.
   *
   * @param labels gives what receives the disparity of a teacher on the GPU; one in threads does not ask
   */
  async begin(
    batch: ViewBatch,
    labels: () => GPUBuffer,
  ): Promise<{ labels: Promise<PseudoLabels> }> {
    this.#last = batch;
    const mask = await this.#cutMask(batch);
    const teacher = this.#teacher;
    const count = 6 * this.#groups.together;
    const shown: Float32Array[] = [];
    for (const [i, group] of grouped(this.#groups, batch).entries()) {
      this.#cutFaces(group);
      if (teacher.execution === "wasm") shown.push(await this.#plan.read(this.#faces));
      else await teacher.label(this.#plan.range(this.#faces).buffer, count, labels(), i * count);
    }
    if (teacher.execution !== "wasm") return { labels: Promise.resolve({ mask }) };
    return { labels: labelled(teacher, shown, count).then((disparity) => ({ disparity, mask })) };
  }

  #cutFaces({ pixels, augmentation, rotations }: ViewBatch): void {
    const inputs = this.#inputs;
    this.#plan.write(inputs.pixels, pixels);
    this.#plan.write(inputs.augmentation, augmentation);
    inputs.turned.write(this.#plan, rotations);
    this.#plan.run();
  }

  async #cutMask(batch: ViewBatch): Promise<GPUBuffer | undefined> {
    if (!this.#hasMask(batch)) return undefined;
    this.#masks ??= await MaskView.open(this.#gpu, this.#groups, this.#cut);
    return this.#masks.cut(batch);
  }

  #hasMask({ valid }: ViewBatch): boolean {
    return this.#masked && valid.includes(0);
  }

  /** The masks of the last batch that was begun, `[6N, V/2, V/2, 4]`, on the host; `undefined` as `PseudoLabels.mask`. */
  async masks(): Promise<Float32Array | undefined> {
    return this.#last && this.#hasMask(this.#last) ? await this.#masks!.read() : undefined;
  }

  /** The faces of the first panorama of the last batch that was labelled, `[6, 3, T, T]`, as the teacher got them. */
  async faces(): Promise<Float32Array | undefined> {
    if (!this.#last) return undefined;
    this.#cutFaces(grouped(this.#groups, this.#last)[0]!);
    const faces = await this.#plan.read(this.#faces);
    return faces.subarray(0, faces.length / this.#groups.together);
  }

  destroy(): void {
    this.#plan.destroy();
    this.#masks?.destroy();
  }
}

/** One group of faces after the other. */
async function labelled(
  teacher: WasmTeacher,
  groups: readonly Float32Array[],
  count: number,
): Promise<Float32Array> {
  if (groups.length === 1) return await teacher.label(groups[0]!, count);
  const each = count * teacher.inputSize ** 2;
  const all = new Float32Array(groups.length * each);
  for (const [i, faces] of groups.entries()) all.set(await teacher.label(faces, count), i * each);
  return all;
}

/** How faces are cut out of panoramas. */
function faceCut({ viewHeight: height, rotations: maps, recipe }: ViewOptions): RotatedMapOptions {
  const size = height / 2;
  if (recipe === "paper") return { height, size, maps };
  const known = new WeakMap<Matrix3, Taps>(); // for the masks, which are cut by the same rotations
  const tapsOf = (rotation: Matrix3): Taps => {
    const taps = known.get(rotation) ??
      equirectToCubeTaps({ height, width: 2 * height, size, rotation, recipe });
    known.set(rotation, taps);
    return taps;
  };
  return { height, size, maps, tapsOf };
}
