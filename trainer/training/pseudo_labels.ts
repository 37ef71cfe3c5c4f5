/**
 * The teacher's labels of whole panoramas under fixed rotations, for evaluation.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { PanoramaSource } from "../data/panorama_source.ts";
import { type LabelFaces, PseudoSet } from "../evaluation/pseudo_set.ts";
import type { Gpu } from "../gpu/device.ts";
import { readBuffer } from "../gpu/readback.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { TeacherView } from "./teacher_view.ts";

/** Sizes of what is labelled. */
export interface LabelOptions {
  /** H, the student's. */
  readonly height: number;
  /** V, height of the panoramas. */
  readonly viewHeight: number;
  /** How many fixed rotations. */
  readonly rotations: number;
}

/** Panoramas of a source that a set takes: a large folder is sampled, not read whole. */
const mostPanoramas = 32;

/** Label some sources, each a set of its own; what their masks leave out is not measured. */
export async function labelSources(
  gpu: Gpu,
  teacher: Teacher,
  sources: readonly Pick<PanoramaSource, "size" | "get">[],
  { height, viewHeight, rotations }: LabelOptions,
): Promise<PseudoSet[]> {
  const sizes = { batch: 1, viewHeight, rotations: 1, recipe: "paper" } as const;
  const cutter = await TeacherView.open(gpu, teacher, sizes);
  const everything = new Uint8Array(2 * viewHeight ** 2).fill(1);
  const augmentation = new Uint32Array(AUGMENTATION_WORDS);
  const bytes = 6 * 4 * teacher.inputSize ** 2;
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const labels = gpu.device.createBuffer({ label: "labels", size: bytes, usage });
  const label: LabelFaces = async ({ pixels, valid = everything }, rotation) => {
    const batch = { pixels, valid, augmentation, rotations: [rotation] };
    const { disparity, mask } = await cutter.label(batch, labels);
    return {
      disparity: disparity ?? await readBuffer(gpu.device, labels, 0, bytes),
      valid: mask?.filter((_, i) => i % 4 === 0),
    };
  };
  try {
    const sets: PseudoSet[] = [];
    for (const source of sources) {
      const panoramas = [];
      for (let i = 0; i < Math.min(source.size, mostPanoramas); i++) {
        const { name, rgba, mask } = await source.get(i);
        panoramas.push({ name, pixels: new Uint32Array(rgba.buffer), valid: mask });
      }
      sets.push(await PseudoSet.label(panoramas, label, { height, rotations }));
    }
    return sets;
  } finally {
    cutter.destroy();
    labels.destroy();
  }
}
