/**
 * The teacher's labels of whole panoramas under fixed rotations, for evaluation.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { PanoramaSource } from "../data/panorama_source.ts";
import { type LabelFaces, type LabelledPanorama, PseudoSet } from "../evaluation/pseudo_set.ts";
import type { Gpu } from "../gpu/device.ts";
import { patient } from "./patient_teacher.ts";
import { PseudoCutter } from "./pseudo_cutter.ts";

/** Sizes of what is labelled. */
export interface LabelOptions {
  /** H, the student's. */
  readonly height: number;
  /** V, height of the panoramas. */
  readonly viewHeight: number;
  /** How many fixed rotations. */
  readonly rotations: number;
  /** Panoramas of a source that a set takes at most: a large folder is sampled, not read whole. */
  readonly panoramas: number;
}

/** Panoramas all over a source, each once: in the place of an unusable file a source gives the next one. */
async function sample(
  source: Pick<PanoramaSource, "size" | "get">,
  most: number,
): Promise<LabelledPanorama[]> {
  const count = Math.min(source.size, most);
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

/** Panoramas whose small faces a teacher looks at together, and bytes of larger ones. */
const together = { panoramas: 6, bytes: 1 << 24 };

/** Bytes of faces that wait for a teacher in threads, while more are cut. */
const mostWaiting = 1 << 26;

/** Sets that the teacher labels, and how far it is. */
export interface Labelling {
  readonly sets: readonly PseudoSet[];
  /** Faces that are labelled, and all that will be. */
  readonly faces: { readonly labelled: number; readonly all: number };
  /** Stop, and wait for what the teacher has been given. */
  close(): Promise<void>;
}

/**
 * Begin to label some sources, each a set of its own; what their masks leave out is not measured. Resolves when the
 * panoramas are read: the teacher labels them while others use GPU and teacher.
 */
export async function labelSources(
  gpu: Gpu,
  teacher: Teacher,
  sources: readonly Pick<PanoramaSource, "size" | "get">[],
  { height, viewHeight, rotations, panoramas }: LabelOptions,
): Promise<Labelling> {
  const bytes = 6 * 3 * 4 * teacher.inputSize ** 2; // of a panorama's faces
  const atOnce = Math.max(1, Math.min(together.panoramas, Math.floor(together.bytes / bytes)));
  const sampled: LabelledPanorama[][] = [];
  for (const source of sources) sampled.push(await sample(source, panoramas));
  const count = sampled.flat().length;
  const batch = Math.max(1, Math.min(atOnce, count));
  const stop = new AbortController();
  const cutter = await PseudoCutter.open(gpu, patient(teacher, stop.signal), {
    batch,
    viewHeight,
  });
  const queue = new Set<Promise<unknown>>();
  const faces = { labelled: 0, all: 6 * count * rotations };
  const label: LabelFaces = async (some, rotation) => {
    while (queue.size * batch * bytes > mostWaiting) await Promise.race(queue);
    stop.signal.throwIfAborted();
    const cut = await cutter.label(some, rotation);
    const told = cut.labels.then(() => faces.labelled += 6 * some.length);
    const done = told.catch(() => {}).finally(() => queue.delete(done));
    queue.add(done);
    return cut;
  };
  const sets = PseudoSet.label(sampled, label, { height, rotations, atOnce: batch });
  const ended = Promise.allSettled(sets.map((set) => set.labelled()))
    .then(() => Promise.all(queue))
    .then(() => cutter.destroy());
  return {
    sets,
    faces,
    async close() {
      stop.abort();
      await ended;
    },
  };
}
