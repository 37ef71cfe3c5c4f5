/**
 * Masks of panoramas as the faces of a rotated cube, beside what the teacher sees of the pictures.
 *
 * @module
 */
import type { Taps } from "@depth-anywhere/geometry";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { prepareMap } from "../kernels/prepare_image.ts";
import { resampleMask } from "../kernels/resample.ts";
import { inputMap, type ResampleMap } from "../kernels/resample_map.ts";

/** Sizes of the panoramas and their faces. */
export interface MaskSizes {
  /** Panoramas in a batch. */
  readonly batch: number;
  /** V, their height; faces are cut at V/2. */
  readonly viewHeight: number;
}

/** Cuts masks. A plan of its own: data without masks have none. */
export class MaskView {
  readonly #plan: Plan;
  readonly #inputs: { valid: Tensor; augmentation: Tensor; map: ResampleMap };
  readonly #mask: Tensor;

  private constructor(
    plan: Plan,
    inputs: { valid: Tensor; augmentation: Tensor; map: ResampleMap },
    mask: Tensor,
  ) {
    this.#plan = plan;
    this.#inputs = inputs;
    this.#mask = mask;
  }

  /** Build the plan. @param taps of one rotation each, as those that will be cut by */
  static async open(
    gpu: Gpu,
    { batch, viewHeight }: MaskSizes,
    taps: readonly Taps[],
  ): Promise<MaskView> {
    const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
    const [height, width, cut] = [viewHeight, 2 * viewHeight, viewHeight / 2];
    const valid = graph.input("view valid", [batch * height * width]);
    const augmentation = graph.input("augmentation", [batch * AUGMENTATION_WORDS]);
    const view = { image: graph.temp("view", [batch, height, width, 3]), parameters: augmentation };
    const map = inputMap(graph, "view", taps[0]!, taps.length);
    const size = { height: cut, width: cut, to: "image-major" } as const;
    const mask = graph.output(resampleMask(graph, prepareMap(graph, valid, view), map, size));
    return new MaskView(await graph.build(), { valid, augmentation, map }, mask);
  }

  /**
   * Cut the masks of a batch.
   *
   * @param valid 1 where valid, `[N*V*2V]`
   * @param augmentation as of the pictures
   * @returns `[6N, V/2, V/2, 4]`, the mask in the first channel
   */
  async cut(
    valid: Uint8Array,
    augmentation: Uint32Array,
    taps: readonly Taps[],
  ): Promise<Float32Array> {
    const inputs = this.#inputs;
    this.#plan.write(inputs.valid, Float32Array.from(valid));
    this.#plan.write(inputs.augmentation, augmentation);
    taps.forEach((own, which) => inputs.map.write(this.#plan, own, { which }));
    this.#plan.run();
    return await this.#plan.read(this.#mask);
  }

  destroy(): void {
    this.#plan.destroy();
  }
}
