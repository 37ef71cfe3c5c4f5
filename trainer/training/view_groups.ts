/**
 * Batches of panoramas for the teacher, and their parts: an adapter binds only so much at once.
 *
 * @module
 */
import type { Matrix3 } from "@depth-anywhere/geometry";

/** One batch of panoramas to label. */
export interface ViewBatch {
  /** Packed RGBA, `[N*V*2V]`. */
  readonly pixels: Uint32Array;
  /** 1 where valid, `[N*V*2V]`. */
  readonly valid: Uint8Array;
  /** `augmentationWords()`; the jitter in it is not applied. */
  readonly augmentation: Uint32Array;
  /** One for all panoramas, or one for each. */
  readonly rotations: readonly Matrix3[];
}

/** How many panoramas a batch has, and how many of them are worked on together; the batch is a multiple. */
export interface Grouping {
  readonly batch: number;
  readonly together: number;
}

/** The groups of a batch, in order. */
export function grouped({ batch, together }: Grouping, whole: ViewBatch): ViewBatch[] {
  return Array.from({ length: batch / together }, (_, group) => {
    const part = <A extends Uint32Array | Uint8Array>(words: A): A => {
      const each = words.length / batch * together;
      return words.subarray(group * each, (group + 1) * each) as A;
    };
    const { rotations } = whole;
    return {
      pixels: part(whole.pixels),
      valid: part(whole.valid),
      augmentation: part(whole.augmentation),
      rotations: rotations.length > 1
        ? rotations.slice(group * together, (group + 1) * together)
        : rotations,
    };
  });
}
