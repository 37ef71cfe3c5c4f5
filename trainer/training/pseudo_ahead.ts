/**
 * The unlabelled half of steps with the teacher's labels: made when a step asks for it, or ahead of it.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import type { PanoramaLoader } from "../data/loader.ts";
import { stepAugmentation, stepRotations } from "./joint_data.ts";
import type { PseudoLabels, TeacherView } from "./teacher_view.ts";
import type { ViewBatch } from "./view_groups.ts";

/** The unlabelled half of a step, ready to be written. */
export interface Prepared extends ViewBatch {
  readonly labels: PseudoLabels;
  readonly names: readonly string[];
}

/** Where panoramas come from, who labels them, and where the labels of a teacher on the GPU go. */
export interface PseudoAheadParts {
  readonly loader: Pick<PanoramaLoader, "batch">;
  readonly view: Pick<TeacherView, "begin" | "faces" | "masks" | "destroy">;
  /** V, height of the panoramas that faces are cut from. */
  readonly viewHeight: number;
  /** Asked for by a teacher on the GPU when it has cut faces. */
  labels(): GPUBuffer;
}

/** Batches by step, each a pure function of it. One at a time is with the teacher. */
export class PseudoAhead {
  readonly #config: TrainConfig;
  readonly #parts: PseudoAheadParts;
  /** The step that was begun last; resolves when the teacher has its faces. */
  #begun?: { readonly step: number; readonly cut: Promise<{ prepared: Promise<Prepared> }> };

  constructor(config: TrainConfig, parts: PseudoAheadParts) {
    this.#config = config;
    this.#parts = parts;
  }

  /** The batch of a step, from `begin()` or made now. */
  async batch(step: number): Promise<Prepared> {
    return await (await this.#begin(step)).prepared;
  }

  /**
   * Load, augment, rotate and cut the panoramas of a step, unless that is the batch at hand. Resolves when the teacher
   * has their faces; what goes wrong later is said by `batch()`.
   */
  async begin(step: number): Promise<void> {
    await this.#begin(step);
  }

  #begin(step: number): Promise<{ prepared: Promise<Prepared> }> {
    if (this.#begun?.step !== step) {
      this.#begun = { step, cut: this.#cut(step, this.#begun?.cut) };
    }
    return this.#begun.cut;
  }

  async #cut(
    step: number,
    before: Promise<{ prepared: Promise<Prepared> }> | undefined,
  ): Promise<{ prepared: Promise<Prepared> }> {
    await (await before)?.prepared;
    const { loader, view, viewHeight, labels: into } = this.#parts;
    const config = this.#config;
    const { pixels, mask: valid, names } = await loader.batch(step);
    const { unlabeled } = config.batch;
    const augmentation = stepAugmentation(config, "unlabeled", step, unlabeled, 2 * viewHeight);
    const batch = { pixels, valid, augmentation, rotations: stepRotations(config, step) };
    const { labels } = await view.begin(batch, into);
    const prepared = labels.then((own) => ({ ...batch, labels: own, names }));
    prepared.catch(() => {}); // said by the step that needs it
    return { prepared };
  }

  /** The batch that was cut last, whose faces `faces()` gives. */
  async last(): Promise<Prepared | undefined> {
    return await (await this.#begun?.cut)?.prepared;
  }

  /** The faces of the first panorama that the teacher was given last, `[6, 3, T, T]`. */
  faces(): Promise<Float32Array | undefined> {
    return this.#parts.view.faces();
  }

  /** The masks that go with them, `[6N, V/2, V/2, 4]`; undefined where everything counts. */
  masks(): Promise<Float32Array | undefined> {
    return this.#parts.view.masks();
  }

  /** Wait for the teacher, which may still be at it after an interrupt. */
  async close(): Promise<void> {
    await this.last().catch(() => {});
    this.#parts.view.destroy();
  }
}
