/**
 * What a joint run is measured by: held-out rooms, and the pseudo-label loss on its own and on held-out panoramas.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import type { PanoramaLoader } from "../data/loader.ts";
import { openSource } from "../data/open_source.ts";
import { type Style, styles } from "../data/rooms/rooms.ts";
import type { RoomRenderer } from "../data/rooms/renderer.ts";
import {
  type HeldOutResult,
  type HeldOutRoom,
  renderHeldOut,
  scoreHeldOut,
} from "../evaluation/held_out_rooms.ts";
import type { PseudoResult, PseudoSet } from "../evaluation/pseudo_set.ts";
import { scoreValues } from "../evaluation/scores.ts";
import { StudentPredictor } from "../evaluation/student_predictor.ts";
import type { Gpu } from "../gpu/device.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { viewHeight } from "./joint_learner.ts";
import { labelSources } from "./pseudo_labels.ts";

/** Figures of one evaluation. */
export interface JointFigures {
  readonly rooms: HeldOutResult;
  /** On the run's own panoramas, and on held-out ones; `undefined` without unlabelled data or `evaluation.panoramas`. */
  readonly pseudo?: { readonly train: PseudoResult; readonly heldOut: PseudoResult };
}

/** The run's own panoramas and held-out ones, with the teacher's labels on their way. */
interface PseudoSets {
  readonly train: PseudoSet;
  readonly heldOut: PseudoSet;
  /** Faces that the teacher has labelled, and all that it will. */
  readonly faces: { labelled: number; all: number };
}

const heldOutPanoramas = "panoramas@split=val";
const seed = 0; // of the held-out rooms: the same for every run, so that runs compare

/** Of which styles the held-out rooms are, and how many of each. */
export function heldOutRooms(
  { evaluation }: Pick<TrainConfig, "evaluation">,
): { readonly styles: readonly Style[]; readonly perStyle: number } {
  const wanted = evaluation.styles.length > 0 ? evaluation.styles as readonly Style[] : styles;
  return { styles: wanted, perStyle: Math.ceil(evaluation.images / wanted.length) };
}

/** What the student made of everything that is measured, disparity `[H, 2H]` each. */
export interface JointPredictions {
  readonly rooms: readonly Float32Array[];
  readonly train?: readonly Float32Array[] | undefined;
  readonly heldOut?: readonly Float32Array[] | undefined;
}

/** What an evaluation works with. */
export interface EvaluationParts {
  /** The weights that are trained. */
  readonly store: ParameterStore;
  /** A copy of them to predict with, destroyed with the evaluation. */
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
  readonly #trained: ParameterStore;
  readonly #copy: ParameterStore;
  readonly #sets?: PseudoSets | undefined;

  private constructor(
    config: Pick<TrainConfig, "height" | "protocol">,
    weights: { trained: ParameterStore; copy: ParameterStore },
    rooms: readonly HeldOutRoom[],
    predictors: { room: StudentPredictor; view: StudentPredictor },
    sets: PseudoSets | undefined,
  ) {
    this.#config = config;
    this.#trained = weights.trained;
    this.#copy = weights.copy;
    this.rooms = rooms;
    this.roomPredictor = predictors.room;
    this.viewPredictor = predictors.view;
    this.#sets = sets;
  }

  /**
   * Build the plans, render the rooms, and let the teacher begin to label some of the run's panoramas and of the held-out
   * ones. Others can use GPU and teacher meanwhile.
   */
  static async open(
    gpu: Gpu,
    config: TrainConfig,
    { store, copy, renderer, teacher, loader }: EvaluationParts,
  ): Promise<JointEvaluation> {
    const { height, student, evaluation } = config;
    const room = await StudentPredictor.open(gpu, copy, { student, height });
    const inputHeight = viewHeight(config);
    const view = inputHeight === height
      ? room
      : await StudentPredictor.open(gpu, copy, { student, height, inputHeight });
    const rooms = await renderHeldOut(renderer, {
      seed,
      split: "test",
      height,
      ...heldOutRooms(config),
    });
    const sets = teacher && loader && evaluation.panoramas > 0
      ? await pseudoSets(gpu, config, teacher, loader)
      : undefined;
    return new JointEvaluation(config, { trained: store, copy }, rooms, { room, view }, sets);
  }

  /** Faces that the teacher has labelled so far, and all that it will label, for the pseudo-label loss. */
  get faces(): { readonly labelled: number; readonly all: number } {
    return this.#sets?.faces ?? { labelled: 0, all: 0 };
  }

  /** Copy the present weights, for what is predicted from now on. */
  takeWeights(): void {
    this.#copy.take(this.#trained);
  }

  /** What the copied weights make of everything. */
  async predict(): Promise<JointPredictions> {
    return {
      rooms: await this.roomPredictor.predict(this.rooms.map(({ pixels }) => pixels)),
      train: await this.#sets?.train.predict(this.viewPredictor),
      heldOut: await this.#sets?.heldOut.predict(this.viewPredictor),
    };
  }

  /**
   * Measure predictions, once the teacher has labelled the panoramas.
   *
   * @throws what the teacher throws
   */
  async score({ rooms: predictions, train, heldOut }: JointPredictions): Promise<JointFigures> {
    const rooms = scoreHeldOut(this.rooms, predictions, this.#config);
    if (!this.#sets) return { rooms };
    const pseudo = {
      train: await this.#sets.train.score(train!),
      heldOut: await this.#sets.heldOut.score(heldOut!),
    };
    return { rooms, pseudo };
  }

  /** Measure the present weights. */
  async measure(): Promise<JointFigures> {
    this.takeWeights();
    return await this.score(await this.predict());
  }

  destroy(): void {
    this.roomPredictor.destroy();
    if (this.viewPredictor !== this.roomPredictor) this.viewPredictor.destroy();
    this.#copy.destroy();
  }
}

async function pseudoSets(
  gpu: Gpu,
  config: TrainConfig,
  teacher: Teacher,
  loader: PanoramaLoader,
): Promise<PseudoSets> {
  const inputHeight = viewHeight(config);
  const sources = [loader, await openSource(heldOutPanoramas, inputHeight)];
  const { height, evaluation: { panoramas, rotations } } = config;
  const sizes = { height, viewHeight: inputHeight, rotations, panoramas };
  const faces = { labelled: 0, all: 0 };
  const [train, heldOut] = await labelSources(gpu, teacher, sources, sizes, (labelled) => {
    faces.labelled = labelled;
  });
  faces.all = train!.faces + heldOut!.faces;
  return { train: train!, heldOut: heldOut!, faces };
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
