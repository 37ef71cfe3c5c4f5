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

/** The run's own panoramas and held-out ones, with the teacher's labels. */
export interface PseudoSets {
  readonly train: PseudoSet;
  readonly heldOut: PseudoSet;
}

const heldOutPanoramas = "panoramas@split=val";
const seed = 0; // of the held-out rooms: the same for every run, so that runs compare

/** See the module's text. */
export class JointEvaluation {
  readonly rooms: readonly HeldOutRoom[];
  readonly roomPredictor: StudentPredictor;
  readonly viewPredictor: StudentPredictor;
  readonly #config: Pick<TrainConfig, "height" | "protocol">;
  readonly #sets?: PseudoSets;

  private constructor(
    config: Pick<TrainConfig, "height" | "protocol">,
    rooms: readonly HeldOutRoom[],
    predictors: { room: StudentPredictor; view: StudentPredictor },
    sets: PseudoSets | undefined,
  ) {
    this.#config = config;
    this.rooms = rooms;
    this.roomPredictor = predictors.room;
    this.viewPredictor = predictors.view;
    this.#sets = sets;
  }

  /**
   * Let the teacher label some of the run's panoramas and of the held-out ones once. Others can use GPU and teacher
   * meanwhile.
   *
   * @param loader the run's panoramas
   * @param onLabeled as of `labelSources()`
   */
  static async label(
    gpu: Gpu,
    config: TrainConfig,
    teacher: Teacher,
    loader: PanoramaLoader,
    onLabeled?: (done: number, total: number) => void,
  ): Promise<PseudoSets> {
    const inputHeight = viewHeight(config);
    const sources = [loader, await openSource(heldOutPanoramas, inputHeight)];
    const { height, evaluation: { panoramas, rotations } } = config;
    const sizes = { height, viewHeight: inputHeight, rotations, panoramas };
    const [train, heldOut] = await labelSources(gpu, teacher, sources, sizes, onLabeled);
    return { train: train!, heldOut: heldOut! };
  }

  /**
   * Render the rooms and build the plans.
   *
   * @param sets of `label()`; `undefined` without unlabelled data or `evaluation.panoramas`
   */
  static async open(
    gpu: Gpu,
    store: ParameterStore,
    config: TrainConfig,
    renderer: RoomRenderer,
    sets: Promise<PseudoSets> | undefined,
  ): Promise<JointEvaluation> {
    const { height, student, evaluation } = config;
    const wanted = (evaluation.styles.length > 0 ? evaluation.styles : styles) as readonly Style[];
    const perStyle = Math.ceil(evaluation.images / wanted.length);
    const room = await StudentPredictor.open(gpu, store, { student, height });
    const inputHeight = viewHeight(config);
    const view = inputHeight === height
      ? room
      : await StudentPredictor.open(gpu, store, { student, height, inputHeight });
    const rooms = await renderHeldOut(renderer, {
      seed,
      split: "test",
      height,
      perStyle,
      styles: wanted,
    });
    return new JointEvaluation(config, rooms, { room, view }, await sets);
  }

  /** Measure the present weights. */
  async measure(): Promise<JointFigures> {
    const rooms = await scoreHeldOut(this.rooms, this.roomPredictor, this.#config);
    if (!this.#sets) return { rooms };
    const train = await this.#sets.train.score(this.viewPredictor);
    const heldOut = await this.#sets.heldOut.score(this.viewPredictor);
    return { rooms, pseudo: { train, heldOut } };
  }

  destroy(): void {
    this.roomPredictor.destroy();
    if (this.viewPredictor !== this.roomPredictor) this.viewPredictor.destroy();
  }
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
