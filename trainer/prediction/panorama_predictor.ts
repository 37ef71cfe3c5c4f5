/**
 * Disparity of whole panoramas by a checkpoint: levelled, turned and merged at the network's size.
 *
 * @module
 */
import {
  applyTaps,
  equirectRotationTaps,
  IDENTITY,
  type Matrix3,
  transpose,
} from "@depth-anywhere/geometry";
import type { StudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import { StudentPredictor } from "../evaluation/student_predictor.ts";
import type { Gpu } from "../gpu/device.ts";
import { withMemoryAdvice } from "../gpu/memory_error.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { copyWeights } from "../models/initialise.ts";
import { mergeYaws, rollColumns, yawColumns } from "./yaw_average.ts";

/** How to predict. */
export interface PanoramaPredictorOptions {
  /** Rows that the network works at. */
  readonly height: number;
  /** Turns about the vertical axis to merge; 1 is the network's own output, with its seam. */
  readonly rotations: number;
}

/** A student with a checkpoint's weights. Calls wait for each other: the GPU does one after the other. */
export class PanoramaPredictor implements Disposable {
  /** Rows that the network works at. */
  readonly height: number;
  readonly #store: ParameterStore;
  readonly #student: StudentPredictor;
  readonly #rotations: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    store: ParameterStore,
    student: StudentPredictor,
    { height, rotations }: PanoramaPredictorOptions,
  ) {
    this.#store = store;
    this.#student = student;
    this.height = height;
    this.#rotations = rotations;
  }

  /**
   * @throws MemoryError when the adapter has too little memory
   * @throws SyntaxError when the checkpoint is damaged
   */
  static async open(
    gpu: Gpu,
    checkpoint: StudentCheckpoint,
    options: PanoramaPredictorOptions,
  ): Promise<PanoramaPredictor> {
    const store = new ParameterStore(gpu);
    const { height } = options;
    const student = { name: checkpoint.student.name, ...checkpoint.options };
    const predictor = await withMemoryAdvice(
      height > checkpoint.student.smallestHeight
        ? `choose a lower --height than ${height}`
        : "it cannot run this student",
      () => StudentPredictor.open(gpu, store, { student, height, batch: 1, colors: "floats" }),
    );
    copyWeights(store, await checkpoint.weights(), checkpoint.path);
    return new PanoramaPredictor(store, predictor, options);
  }

  /**
   * @param rgba `[height, 2 height, 4]`, sRGB 0..1
   * @param level from the panorama's frame to an upright one
   * @returns affine-ambiguous disparity, `[height, 2 height]`, in the panorama's own frame
   */
  predict(rgba: Float32Array<ArrayBuffer>, level: Matrix3 = IDENTITY): Promise<Float32Array> {
    const result = this.#last.then(() => this.#predict(rgba, level));
    this.#last = result.catch(() => {}); // the caller hears of it
    return result;
  }

  async #predict(rgba: Float32Array<ArrayBuffer>, level: Matrix3): Promise<Float32Array> {
    const size = { height: this.height, width: 2 * this.height };
    const upright = isIdentity(level);
    const pixels = upright
      ? rgba
      : applyTaps(equirectRotationTaps({ ...size, rotation: level }), rgba, 4);
    const columns = yawColumns(this.#rotations, size.width);
    const maps: Float32Array[] = [];
    for (const by of columns) {
      const [map] = await this.#student.predict([rollColumns(pixels, 4 * size.width, 4 * by)]);
      maps.push(rollColumns(map!, size.width, -by));
    }
    const merged = mergeYaws(maps, columns, size.width);
    if (upright) return merged;
    return applyTaps(equirectRotationTaps({ ...size, rotation: transpose(level) }), merged);
  }

  /** Bytes of the network's maps and weights on the GPU. */
  get bytes(): number {
    return this.#student.bytes + this.#store.allocated;
  }

  [Symbol.dispose](): void {
    this.#student.destroy();
    this.#store.destroy();
  }
}

function isIdentity(rotation: Matrix3): boolean {
  return rotation.every((value, i) => Math.abs(value - IDENTITY[i]!) < 1e-9);
}
