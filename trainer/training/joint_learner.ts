/**
 * The joint training as a learner: its plan, its data and the teacher, put together from a configuration.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import { studentMetadata } from "../checkpoints/write_weights.ts";
import type { TrainConfig } from "../config/schema.ts";
import { decoderCount } from "../data/decoder_pool.ts";
import { PanoramaLoader } from "../data/loader.ts";
import { type RoomSource, roomSource } from "../data/room_panoramas.ts";
import { RoomRenderer } from "../data/rooms/renderer.ts";
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { SecondCompiler } from "../gpu/second_compiler.ts";
import { initialise } from "../models/initialise.ts";
import { findStudent } from "../models/student.ts";
import { viewHeight } from "./configured_teacher.ts";
import { FirstWeights } from "./first_weights.ts";
import { renderLabeled, stepAugmentation } from "./joint_data.ts";
import { type JointStep, jointStep } from "./joint_step.ts";
import type { Optimisation } from "./optimise.ts";
import { maskedFaces, MaskInput } from "./mask_input.ts";
import { type Prepared, PseudoAhead } from "./pseudo_ahead.ts";
import type { Learner } from "./run_loop.ts";
import { TeacherView } from "./teacher_view.ts";

/**
 * The unlabelled panoramas of a configuration; `undefined` where it has none.
 *
 * @param gpu what trains: beside a software adapter they are decoded in one thread
 * @param cache folder of everything that is kept between runs; without it nothing is kept
 */
export async function openLoader(
  { kind }: Pick<Gpu, "kind">,
  config: TrainConfig,
  cache?: string,
): Promise<PanoramaLoader | undefined> {
  const { unlabeled: specs, seed, batch: { unlabeled: batch }, diskCache } = config;
  if (batch === 0) return undefined;
  return await PanoramaLoader.open({
    specs,
    height: viewHeight(config),
    batch,
    seed,
    decoders: decoderCount(kind, navigator.hardwareConcurrency),
    cache: cache === undefined || diskCache === 0
      ? undefined
      : { folder: `${cache}/panoramas`, limit: diskCache * 1e9 },
  });
}

/** Whose data a step sees: with `overfit` all see those of the first. */
function dataStep({ overfit }: TrainConfig, step: number): number {
  return overfit ? 0 : step;
}

/** See the module's text. */
export class JointLearner implements Learner {
  readonly config: TrainConfig;
  readonly store: ParameterStore;
  readonly plan: Plan;
  readonly step: JointStep;
  readonly loader?: PanoramaLoader;
  readonly renderer: RoomRenderer;
  readonly #rooms: readonly RoomSource[];
  readonly #ahead?: PseudoAhead;
  readonly #mask?: MaskInput;
  readonly #overlaps: boolean;

  private constructor(parts: {
    config: TrainConfig;
    device: GPUDevice;
    store: ParameterStore;
    plan: Plan;
    step: JointStep;
    loader?: PanoramaLoader;
    renderer: RoomRenderer;
    rooms: readonly RoomSource[];
    ahead?: PseudoAhead;
    overlaps: boolean;
  }) {
    this.config = parts.config;
    this.store = parts.store;
    this.plan = parts.plan;
    this.step = parts.step;
    this.loader = parts.loader;
    this.renderer = parts.renderer;
    this.#rooms = parts.rooms;
    this.#ahead = parts.ahead;
    const mask = parts.step.unlabeled?.mask;
    this.#mask = mask && new MaskInput(parts.device, parts.plan, mask);
    this.#overlaps = parts.overlaps;
  }

  /**
   * Open data, build plans and fill the store with first weights.
   *
   * @param teacher `undefined` only without unlabelled panoramas
   * @param first what to start from, closed here; that of the configuration when left out
   * @param opened of `openLoader()`, when it was opened before; the learner closes it
   * @param from the step that is fed first: a teacher in threads labels its panoramas while the plan is built
   * @throws RangeError or SyntaxError for sources that cannot be used; Error when a folder holds nothing usable
   */
  static async open(
    gpu: Gpu,
    config: TrainConfig,
    teacher: Teacher | undefined,
    { first, opened, from = 0 }: {
      first?: FirstWeights | undefined;
      opened?: PanoramaLoader | undefined;
      from?: number;
    } = {},
  ): Promise<JointLearner> {
    await using compiler = new SecondCompiler(gpu);
    using weights = first ?? await FirstWeights.open(config.student);
    const { batch, seed, labeled, rotationPer, resampling, logging, precision } = config;
    const rooms = batch.labeled > 0 ? labeled.map(roomSource) : [];
    const height = viewHeight(config);
    const loader = opened ?? await openLoader(gpu, config);
    const view = teacher && batch.unlabeled > 0
      ? await TeacherView.open(gpu, teacher, {
        batch: batch.unlabeled,
        viewHeight: height,
        rotations: rotationPer === "image" ? batch.unlabeled : 1,
        recipe: resampling === "released" ? "released" : "paper",
        masks: config.masks === "applied",
      })
      : undefined;
    const store = new ParameterStore(gpu);
    const graph = new Graph(gpu, store, "train", { precision });
    const sizes = { viewHeight: height, output: teacher?.inputSize ?? height / 2 };
    const step = jointStep(graph, config, sizes, logging.every);
    const labels = (): GPUBuffer => plan.range(step.unlabeled!.disparity).buffer; // of the plan below
    const ahead = loader && view
      ? new PseudoAhead(config, { loader, view, viewHeight: height, labels })
      : undefined;
    // A teacher in wasm threads labels the next step while the GPU trains this one; on the GPU they would only queue up.
    const overlaps = teacher?.execution === "wasm";
    if (overlaps) ahead?.begin(dataStep(config, from)).catch(() => {}); // said by the step
    const plan = await graph.build({ recompute: config.recompute, compiler });
    initialise(store, seed, findStudent(config.student.name).encoders);
    await weights.load(store);
    const renderer = await RoomRenderer.open(gpu);
    return new JointLearner({
      config,
      device: gpu.device,
      store,
      plan,
      step,
      loader,
      renderer,
      rooms,
      ahead,
      overlaps,
    });
  }

  get metadata(): Record<string, string> {
    const { student, height } = this.config;
    return studentMetadata(student.name, student, height);
  }

  get optimisation(): Optimisation {
    return this.step.optimisation;
  }

  /** Begin with the unlabelled half of a step where the teacher has threads of its own; `feed()` waits for its labels. */
  async #prepare(step: number): Promise<void> {
    if (this.#overlaps) await this.#ahead!.begin(dataStep(this.config, step));
  }

  async feed(step: number): Promise<void> {
    const at = dataStep(this.config, step);
    const { plan, config } = this;
    const { labeled, unlabeled } = this.step;
    if (labeled) {
      renderLabeled(this.renderer, plan, labeled, config, this.#rooms, at);
      const count = config.batch.labeled;
      plan.write(
        labeled.augmentation,
        stepAugmentation(config, "labeled", at, count, 2 * config.height),
      );
    }
    if (!unlabeled) return;
    const { pixels, valid, augmentation, rotations, labels } = await this.#ahead!.batch(at);
    this.#mask?.write(labels.mask); // before those of the next step are cut
    if (step + 1 < config.steps) await this.#prepare(step + 1);
    plan.write(unlabeled.pixels, pixels);
    plan.write(unlabeled.augmentation, augmentation);
    if (labels.disparity) plan.write(unlabeled.disparity, labels.disparity);
    if (unlabeled.masked) {
      plan.write(unlabeled.masked, maskedFaces(valid, config.batch.unlabeled));
    }
    unlabeled.path.write(plan, rotations);
  }

  /** The batch that was cut last, whose faces `faces()` gives, for pictures. */
  async last(): Promise<Prepared | undefined> {
    return await this.#ahead?.last();
  }

  /** The faces of the first panorama that the teacher labelled last. */
  async faces(): Promise<Float32Array | undefined> {
    return await this.#ahead?.faces();
  }

  /** The masks of the batch that was cut last, `[6N, V/2, V/2, 4]`; undefined where everything counts. */
  async masks(): Promise<Float32Array | undefined> {
    return await this.#ahead?.masks();
  }

  async close(): Promise<void> {
    await this.#ahead?.close();
    await this.loader?.[Symbol.asyncDispose]();
    this.renderer.destroy();
    this.plan.destroy();
    this.store.destroy();
  }
}
