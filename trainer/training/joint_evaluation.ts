/**
 * What a joint run is measured by: held-out rooms, and the pseudo-label loss on its own and on held-out panoramas.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import type { PanoramaLoader } from "../data/loader.ts";
import { openSource } from "../data/open_source.ts";
import type { RoomRenderer } from "../data/rooms/renderer.ts";
import {
  type HeldOutResult,
  type HeldOutRoom,
  heldOutStyles,
  renderHeldOut,
  scoreHeldOut,
} from "../evaluation/held_out_rooms.ts";
import type { PseudoResult } from "../evaluation/pseudo_set.ts";
import { scoreValues } from "../evaluation/scores.ts";
import { StudentPredictor } from "../evaluation/student_predictor.ts";
import type { Gpu } from "../gpu/device.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { viewHeight } from "./configured_teacher.ts";
import { type Labelling, labelSources } from "./pseudo_labels.ts";

/** Figures of one evaluation. */
export interface JointFigures {
  readonly rooms: HeldOutResult;
  /** On the run's own panoramas, and on held-out ones; `undefined` without unlabelled data or `evaluation.panoramas`. */
  readonly pseudo?: { readonly train: PseudoResult; readonly heldOut: PseudoResult };
}

const heldOutPanoramas = "panoramas@split=val";
const seed = 0; // of the held-out rooms: the same for every run, so that runs compare

/** What the student made of everything that is measured, disparity `[H, 2H]` each. */
export interface JointPredictions {
  readonly rooms: readonly Float32Array[];
  /** Of the run's own panoramas and of held-out ones; empty where there are no labels. */
  readonly panoramas: readonly (readonly Float32Array[])[];
}

/** What an evaluation works with. */
export interface EvaluationParts {
  /** The weights that are trained. */
  readonly trained: ParameterStore;
  /** A copy of them, which predicts. */
  readonly copy: ParameterStore;
  readonly renderer: RoomRenderer;
  /** Labels the panoramas; neither without unlabelled data. */
  readonly teacher?: Teacher | undefined;
  /** The run's panoramas. */
  readonly loader?: PanoramaLoader | undefined;
}

/** See the module's text. Predicts with a copy of the weights, so that these can be trained on meanwhile. */
export class JointEvaluation {
  readonly rooms: readonly HeldOutRoom[];
  readonly roomPredictor: StudentPredictor;
  readonly viewPredictor: StudentPredictor;
  readonly #config: Pick<TrainConfig, "height" | "protocol">;
  readonly #parts: Pick<EvaluationParts, "trained" | "copy">;
  readonly #labelling?: Labelling | undefined;

  private constructor(
    config: Pick<TrainConfig, "height" | "protocol">,
    parts: Pick<EvaluationParts, "trained" | "copy">,
    rooms: readonly HeldOutRoom[],
    predictors: { room: StudentPredictor; view: StudentPredictor },
    labelling: Labelling | undefined,
  ) {
    this.#config = config;
    this.#parts = parts;
    this.rooms = rooms;
    this.roomPredictor = predictors.room;
    this.viewPredictor = predictors.view;
    this.#labelling = labelling;
  }

  /**
   * Build the plans, render the rooms, and let the teacher begin to label some of the run's panoramas and of the held-out
   * ones. Others can use GPU and teacher meanwhile.
   *
   * @param signal ends it between two of these
   */
  static async open(
    gpu: Gpu,
    config: TrainConfig,
    parts: EvaluationParts,
    signal?: AbortSignal,
  ): Promise<JointEvaluation> {
    const { height, student, evaluation } = config;
    const { copy, renderer } = parts;
    const inputHeight = viewHeight(config);
    const room = await StudentPredictor.open(gpu, copy, { student, height });
    let view = room;
    try {
      if (inputHeight !== height) {
        view = await StudentPredictor.open(gpu, copy, { student, height, inputHeight });
      }
      signal?.throwIfAborted();
      const which = { seed, split: "test", height, ...heldOutStyles(evaluation) } as const;
      const rooms = await renderHeldOut(renderer, which);
      signal?.throwIfAborted();
      const labelling = await labelPanoramas(gpu, config, parts);
      return new JointEvaluation(config, parts, rooms, { room, view }, labelling);
    } catch (error) {
      for (const predictor of new Set([room, view])) predictor.destroy();
      throw error;
    }
  }

  /** Faces that the teacher has labelled so far, and all that it will label, for the pseudo-label loss. */
  get faces(): { readonly labelled: number; readonly all: number } {
    return this.#labelling?.faces ?? { labelled: 0, all: 0 };
  }

  /** Copy the present weights, for what is predicted from now on. */
  takeWeights(): void {
    const { copy, trained } = this.#parts;
    copy.take(trained);
  }

  /** What the copied weights make of everything. @param signal ends it between the rooms and the sets of panoramas */
  async predict(signal?: AbortSignal): Promise<JointPredictions> {
    const rooms = await this.roomPredictor.predict(this.rooms.map(({ pixels }) => pixels));
    const panoramas: Float32Array[][] = [];
    for (const set of this.#labelling?.sets ?? []) {
      signal?.throwIfAborted();
      panoramas.push(await set.predict(this.viewPredictor));
    }
    return { rooms, panoramas };
  }

  /**
   * Measure predictions, once the teacher has labelled the panoramas.
   *
   * @throws what the teacher throws
   */
  async score(predictions: JointPredictions): Promise<JointFigures> {
    const figures = this.#scoreRooms(predictions);
    if (!this.#labelling) return figures;
    const results: PseudoResult[] = [];
    for (const [i, set] of this.#labelling.sets.entries()) {
      results.push(await set.score(predictions.panoramas[i]!));
    }
    const [train, heldOut] = results;
    return { ...figures, pseudo: { train: train!, heldOut: heldOut! } };
  }

  #scoreRooms({ rooms }: JointPredictions): JointFigures {
    return { rooms: scoreHeldOut(this.rooms, rooms, this.#config) };
  }

  /** Measure the present weights: on the rooms alone unless the teacher has `labelled` the panoramas. */
  async measure({ labelled }: { readonly labelled: boolean }): Promise<JointFigures> {
    this.takeWeights();
    const predictions = await this.predict();
    return labelled ? await this.score(predictions) : this.#scoreRooms(predictions);
  }

  /** Stop labelling, and free the plans; the weights stay with who gave them. */
  async close(): Promise<void> {
    await this.#labelling?.close();
    this.roomPredictor.destroy();
    if (this.viewPredictor !== this.roomPredictor) this.viewPredictor.destroy();
  }
}

/** The run's own panoramas and held-out ones, with the teacher's labels on their way. */
async function labelPanoramas(
  gpu: Gpu,
  config: TrainConfig,
  { teacher, loader }: EvaluationParts,
): Promise<Labelling | undefined> {
  const { height, evaluation: { panoramas, rotations } } = config;
  if (!teacher || !loader || panoramas === 0) return undefined;
  const sizes = { height, viewHeight: viewHeight(config), rotations, panoramas };
  const sources = [loader, await openSource(heldOutPanoramas, sizes.viewHeight)];
  return await labelSources(gpu, teacher, sources, sizes);
}

/** Figures for events. */
export function figureValues({ rooms, pseudo }: JointFigures): Record<string, number> {
  return {
    ...scoreValues("rooms", rooms.scores),
    "valid/rooms/seam": rooms.seam,
    ...(pseudo && {
      "valid/panoramas-train/pseudo": pseudo.train.loss,
      "valid/panoramas-train/seam": pseudo.train.seam,
      "valid/panoramas-held-out/pseudo": pseudo.heldOut.loss,
      "valid/panoramas-held-out/seam": pseudo.heldOut.seam,
    }),
  };
}
