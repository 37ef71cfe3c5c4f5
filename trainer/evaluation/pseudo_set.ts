/**
 * A fixed set of pseudo labels: real panoramas under fixed rotations, labelled once by the teacher. The mean loss on it
 * says how far a student has come to agree with the teacher; flat faces score exactly 1.
 *
 * @module
 */
import {
  type DistillationPath,
  distillationPath,
  drawRotation,
  faceDisparity,
  type Matrix3,
} from "@depth-anywhere/geometry";
import { affineInvariantLossReference } from "../kernels/affine_invariant_loss_reference.ts";
import { hashText, uniform } from "../random.ts";
import { facesAtSize, masksAtSize } from "./face_size.ts";
import { seamMeasure } from "./seam.ts";
import type { StudentPredictor } from "./student_predictor.ts";

const purpose = hashText("evaluation rotation");

/** The fixed rotations, uniform over all. */
export function evaluationRotations(count: number): Matrix3[] {
  return Array.from({ length: count }, (_, i) => {
    const u = [0, 1, 2].map((k) => uniform(0, purpose, i, k));
    return drawRotation("so3", u as [number, number, number]);
  });
}

/** A panorama to measure on. */
export interface LabelledPanorama {
  readonly name: string;
  /** Packed RGBA, `[V, 2V]`. */
  readonly pixels: Uint32Array;
  /** 1 where valid, `[V, 2V]`; everywhere when left out. */
  readonly valid?: Uint8Array | undefined;
}

/** What the teacher makes of the six faces of a panorama. */
export interface FaceLabels {
  /** `[6, T, T]`. */
  readonly disparity: Float32Array;
  /** 1 where it counts, `[6, C, C]`; everywhere when left out. */
  readonly valid?: Float32Array | undefined;
}

/**
 * Labels the faces of some panoramas under a rotation. Resolves when the teacher has the faces; those of the next panoramas
 * can be cut while it looks at them.
 */
export type LabelFaces = (
  panoramas: readonly LabelledPanorama[],
  rotation: Matrix3,
) => Promise<{ readonly labels: Promise<readonly FaceLabels[]> }>;

/** Labels at the student's size, `[6, H/2, H/2]`. */
interface SizedLabels {
  readonly disparity: Float32Array;
  readonly valid: Uint8Array;
}

/** How a student agrees with the teacher. */
export interface PseudoResult {
  /** Mean affine-invariant loss over panoramas, rotations and faces. */
  readonly loss: number;
  /** The same, panorama by panorama. */
  readonly byPanorama: Readonly<Record<string, number>>;
  /** What a panorama of one distance scores: its faces are not flat (1 / zDepth = 1 / (distance · cos α)). */
  readonly constant: number;
  /** Mean of {@linkcode seamMeasure}'s ratio over the panoramas. */
  readonly seam: number;
}

/** Labels of the panoramas of a set, rotation by rotation, and how the student's predictions get there. */
interface Truth {
  readonly paths: readonly DistillationPath[];
  readonly labels: readonly (readonly SizedLabels[])[];
}

/** See the module's text. */
export class PseudoSet {
  readonly #height: number;
  readonly #panoramas: readonly LabelledPanorama[];
  readonly #truth: Promise<Truth>;
  #constant?: number;

  private constructor(
    height: number,
    panoramas: readonly LabelledPanorama[],
    truth: Promise<Truth>,
  ) {
    this.#height = height;
    this.#panoramas = panoramas;
    this.#truth = truth;
  }

  /**
   * Begin to label panoramas, all of them under one rotation after the other: what depends on the rotation alone is made
   * once. The sets are there at once; their scores wait for the labels.
   *
   * @param sets panoramas of each set
   * @param height H, the student's; labels are brought to faces of H/2
   * @param rotations how many fixed rotations
   * @param atOnce panoramas that are labelled together, at most
   */
  static label(
    sets: readonly (readonly LabelledPanorama[])[],
    label: LabelFaces,
    { height, rotations, atOnce }: { height: number; rotations: number; atOnce: number },
  ): PseudoSet[] {
    const size = height / 2;
    const turns = evaluationRotations(rotations);
    const labelled = sizedLabels(sets.flat(), label, { size, turns, atOnce });
    const truth = labelled.then((labels) => ({
      labels,
      paths: turns.map((rotation) =>
        distillationPath({ height, width: 2 * height, size, rotation })
      ),
    }));
    let first = 0;
    return sets.map((panoramas) => {
      const [from, to] = [first, first += panoramas.length];
      const own = truth.then(({ paths, labels }) => ({ paths, labels: labels.slice(from, to) }));
      own.catch(() => {}); // said by those who wait for it
      return new PseudoSet(height, panoramas, own);
    });
  }

  /** Resolves when the teacher has labelled the set. @throws what the teacher throws */
  async labelled(): Promise<void> {
    await this.#truth;
  }

  /** What a student makes of the panoramas, `[H, 2H]` each. */
  async predict(predictor: StudentPredictor): Promise<Float32Array[]> {
    return await predictor.predict(this.#panoramas.map(({ pixels }) => pixels));
  }

  /**
   * Measure what a student made of the panoramas, once they are labelled.
   *
   * @param predictions of `predict()`
   * @throws what the teacher throws
   */
  async score(predictions: readonly Float32Array[]): Promise<PseudoResult> {
    const truth = await this.#truth;
    const byPanorama: Record<string, number> = {};
    let [loss, seam] = [0, 0];
    this.#panoramas.forEach(({ name }, i) => {
      const prediction = predictions[i]!;
      byPanorama[name] = this.#loss(truth, prediction, i);
      loss += byPanorama[name] / predictions.length; // two folders may have a panorama of one name
      seam += seamMeasure(prediction, this.#height).ratio / predictions.length;
    });
    this.#constant ??= this.#lossOfSphere(truth);
    return { loss, byPanorama, constant: this.#constant, seam };
  }

  /** What a panorama of one distance scores: the same for every student. */
  #lossOfSphere(truth: Truth): number {
    const sphere = new Float32Array(2 * this.#height ** 2).fill(1);
    const losses = this.#panoramas.map((_, i) => this.#loss(truth, sphere, i));
    return losses.reduce((a, b) => a + b, 0) / losses.length;
  }

  /** Mean loss of one panorama over the rotations. */
  #loss({ paths, labels }: Truth, prediction: Float32Array, panorama: number): number {
    const pixels = (this.#height / 2) ** 2;
    const losses = paths.map((path, k) => {
      const faces = faceDisparity(path, prediction);
      const { disparity, valid } = labels[panorama]![k]!;
      return affineInvariantLossReference(faces, disparity, valid, pixels, "item").loss;
    });
    return losses.reduce((a, b) => a + b, 0) / losses.length;
  }
}

/** Labels of all panoramas under all rotations, brought to the student's size. */
async function sizedLabels(
  panoramas: readonly LabelledPanorama[],
  label: LabelFaces,
  { size, turns, atOnce }: { size: number; turns: readonly Matrix3[]; atOnce: number },
): Promise<SizedLabels[][]> {
  const everything = new Uint8Array(6 * size ** 2).fill(1);
  const sized = ({ disparity, valid }: FaceLabels): SizedLabels => ({
    disparity: facesAtSize(disparity, size),
    valid: valid ? masksAtSize(valid, size) : everything,
  });
  const all = panoramas.map((): SizedLabels[] => []);
  const coming: Promise<void>[] = [];
  for (const [turn, rotation] of turns.entries()) {
    for (let first = 0; first < panoramas.length; first += atOnce) {
      const { labels } = await label(panoramas.slice(first, first + atOnce), rotation);
      const taken = labels.then((faces) =>
        faces.forEach((face, i) => all[first + i]![turn] = sized(face))
      );
      taken.catch(() => {}); // said below
      coming.push(taken);
    }
  }
  await Promise.all(coming);
  return all;
}
