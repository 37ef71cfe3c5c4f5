/**
 * Masks of panoramas as the faces of a rotated cube, beside what the teacher sees of the pictures.
 *
 * @module
 */
import type { Matrix3 } from "@depth-anywhere/geometry";
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { prepareMap } from "../kernels/prepare_image.ts";
import { resampleMask } from "../kernels/resample.ts";
import { type RotatedMap, rotatedMap, type RotatedMapOptions } from "./rotated_map.ts";

/** Cuts masks. A plan of its own: data without masks have none. */
export class MaskView {
  readonly #plan: Plan;
  readonly #inputs: { valid: Tensor; augmentation: Tensor; turned: RotatedMap };
  readonly #mask: Tensor;

  private constructor(
    plan: Plan,
    inputs: { valid: Tensor; augmentation: Tensor; turned: RotatedMap },
    mask: Tensor,
  ) {
    this.#plan = plan;
    this.#inputs = inputs;
    this.#mask = mask;
  }

  /** Build the plan. @param batch panoramas in a batch @param faces as those of the pictures are cut */
  static async open(gpu: Gpu, batch: number, faces: RotatedMapOptions): Promise<MaskView> {
    const graph = new Graph(gpu, new ParameterStore(gpu), "evaluate");
    const { height, size } = faces;
    const width = 2 * height;
    const valid = graph.input("view valid", [batch * height * width]);
    const augmentation = graph.input("augmentation", [batch * AUGMENTATION_WORDS]);
    const view = { image: graph.temp("view", [batch, height, width, 3]), parameters: augmentation };
    const turned = rotatedMap(graph, "view", faces);
    const cut = { height: size, width: size, to: "image-major" } as const;
    const mask = resampleMask(graph, prepareMap(graph, valid, view), turned.map, cut);
    graph.output(mask);
    return new MaskView(await graph.build(), { valid, augmentation, turned }, mask);
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
    rotations: readonly Matrix3[],
  ): Promise<Float32Array> {
    const inputs = this.#inputs;
    this.#plan.write(inputs.valid, Float32Array.from(valid));
    this.#plan.write(inputs.augmentation, augmentation);
    inputs.turned.write(this.#plan, rotations);
    this.#plan.run();
    return await this.#plan.read(this.#mask);
  }

  destroy(): void {
    this.#plan.destroy();
  }
}
