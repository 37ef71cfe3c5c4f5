/**
 * What a joint run is measured by: held-out rooms, and the pseudo-label loss on its own and on held-out panoramas.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import type { PanoramaLoader } from "../data/loader.ts";
import { openSource } from "../data/open_source.ts";
import type { PanoramaSource } from "../data/panorama_source.ts";
import { type Style, styles } from "../data/rooms/rooms.ts";
import type { RoomRenderer } from "../data/rooms/renderer.ts";
import {
  type HeldOutResult,
  type HeldOutRoom,
  renderHeldOut,
  scoreHeldOut,
} from "../evaluation/held_out_rooms.ts";
import { type PseudoResult, PseudoSet } from "../evaluation/pseudo_set.ts";
import { scoreValues } from "../evaluation/scores.ts";
import { StudentPredictor } from "../evaluation/student_predictor.ts";
import type { Gpu } from "../gpu/device.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { readBuffer } from "../gpu/readback.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { viewHeight } from "./joint_learner.ts";
import { TeacherView } from "./teacher_view.ts";

/** Figures of one evaluation. */
export interface JointFigures {
  readonly rooms: HeldOutResult;
  /** On the run's own panoramas, and on held-out ones; `undefined` without unlabelled data. */
  readonly pseudo?: { readonly train: PseudoResult; readonly heldOut: PseudoResult };
}

const rotations = 8;
const seed = 0; // of the held-out rooms: the same for every run, so that runs compare

/** See the module's text. */
export class JointEvaluation {
  readonly rooms: readonly HeldOutRoom[];
  readonly roomPredictor: StudentPredictor;
  readonly viewPredictor: StudentPredictor;
  readonly #height: number;
  readonly #sets?: { train: PseudoSet; heldOut: PseudoSet };

  private constructor(
    height: number,
    rooms: readonly HeldOutRoom[],
    predictors: { room: StudentPredictor; view: StudentPredictor },
    sets: { train: PseudoSet; heldOut: PseudoSet } | undefined,
  ) {
    this.#height = height;
    this.rooms = rooms;
    this.roomPredictor = predictors.room;
    this.viewPredictor = predictors.view;
    this.#sets = sets;
  }

  /** Render the rooms, and let the teacher label the run's panoramas and held-out ones once. */
  static async open(
    gpu: Gpu,
    store: ParameterStore,
    config: TrainConfig,
    renderer: RoomRenderer,
    { teacher, loader }: { teacher?: Teacher | undefined; loader?: PanoramaLoader | undefined },
  ): Promise<JointEvaluation> {
    const { height, student, evaluation } = config;
    const wanted = (evaluation.styles.length > 0 ? evaluation.styles : styles) as readonly Style[];
    const perStyle = Math.ceil(evaluation.images / wanted.length);
    const rooms = await renderHeldOut(renderer, {
      seed,
      split: "test",
      height,
      perStyle,
      styles: wanted,
    });
    const room = await StudentPredictor.open(gpu, store, { student, height });
    const inputHeight = viewHeight(config);
    const view = inputHeight === height
      ? room
      : await StudentPredictor.open(gpu, store, { student, height, inputHeight });
    const sets = teacher && loader && await labelSets(gpu, config, teacher, loader);
    return new JointEvaluation(height, rooms, { room, view }, sets);
  }

  /** Measure the present weights. */
  async measure(): Promise<JointFigures> {
    const rooms = await scoreHeldOut(this.rooms, this.roomPredictor, this.#height);
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

async function labelSets(
  gpu: Gpu,
  config: TrainConfig,
  teacher: Teacher,
  loader: PanoramaLoader,
) {
  const { height } = config;
  const view = viewHeight(config);
  const cutter = await TeacherView.open(gpu, teacher, {
    batch: 1,
    viewHeight: view,
    rotations: 1,
    recipe: "paper",
  });
  const valid = new Uint8Array(2 * view * view).fill(1);
  const augmentation = new Uint32Array(AUGMENTATION_WORDS);
  const bytes = 6 * 4 * teacher.inputSize ** 2;
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const labels = gpu.device.createBuffer({ label: "labels", size: bytes, usage });
  const label = async (
    pixels: Uint32Array,
    rotation: Parameters<Parameters<typeof PseudoSet.label>[1]>[1],
  ) => {
    const batch = { pixels, valid, augmentation, rotations: [rotation] };
    const { disparity } = await cutter.label(batch, labels);
    return disparity ?? await readBuffer(gpu.device, labels, 0, bytes);
  };
  const held = await openSource("panoramas@split=val", view);
  const set = async (source: Pick<PanoramaSource, "size" | "get">): Promise<PseudoSet> => {
    const panoramas = [];
    for (let i = 0; i < Math.min(source.size, mostPanoramas); i++) {
      const { name, rgba } = await source.get(i);
      panoramas.push({ name, pixels: new Uint32Array(rgba.buffer) });
    }
    return await PseudoSet.label(panoramas, label, { height, rotations });
  };
  const [train, heldOut] = [await set(loader), await set(held)];
  cutter.destroy();
  labels.destroy();
  return { train, heldOut };
}

/** Panoramas of the run's sources that the fixed set takes: a large folder is sampled, not read whole. */
const mostPanoramas = 32;

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
