/**
 * The teacher's labels of whole panoramas under fixed rotations, for evaluation.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { PanoramaSource } from "../data/panorama_source.ts";
import { type LabelFaces, type LabelledPanorama, PseudoSet } from "../evaluation/pseudo_set.ts";
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

/** Panoramas all over a source, each once: in the place of an unusable file a source gives the next one. */
async function sample(source: Pick<PanoramaSource, "size" | "get">): Promise<LabelledPanorama[]> {
  const count = Math.min(source.size, mostPanoramas);
  const taken: LabelledPanorama[] = [];
  for (let i = 0; i < count; i++) {
    const { name, rgba, mask } = await source.get(Math.floor(i * source.size / count));
    const pixels = new Uint32Array(rgba.buffer);
    const again = taken.some((other) =>
      // two folders may have a panorama of one name
      other.name === name && other.pixels.every((word, p) => word === pixels[p])
    );
    if (!again) taken.push({ name, pixels, valid: mask });
  }
  return taken;
}

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
    const sets: LabelledPanorama[][] = [];
    for (const source of sources) sets.push(await sample(source));
    return await PseudoSet.label(sets, label, { height, rotations });
  } finally {
    cutter.destroy();
    labels.destroy();
  }
}
