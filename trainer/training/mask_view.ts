/**
 * Masks of panoramas as the faces of a rotated cube, beside what the teacher sees of the pictures.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { prepareMap } from "../kernels/prepare_image.ts";
import { resampleMask } from "../kernels/resample.ts";
import { type RotatedMap, rotatedMap, type RotatedMapOptions } from "./rotated_map.ts";
import { grouped, type Grouping, type ViewBatch } from "./view_groups.ts";

/** Cuts masks. A plan of its own: data without masks have none. */
export class MaskView {
  readonly #plan: Plan;
  readonly #groups: Grouping;
  readonly #inputs: { valid: Tensor; augmentation: Tensor; turned: RotatedMap };
  readonly #mask: Tensor;

  private constructor(
    plan: Plan,
    groups: Grouping,
    inputs: { valid: Tensor; augmentation: Tensor; turned: RotatedMap },
    mask: Tensor,
  ) {
    this.#plan = plan;
    this.#groups = groups;
    this.#inputs = inputs;
    this.#mask = mask;
  }

  /** Build the plan. @param faces as those of the pictures are cut */
  static async open(gpu: Gpu, groups: Grouping, faces: RotatedMapOptions): Promise<MaskView> {
    const batch = groups.together;
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
    return new MaskView(await graph.build(), groups, { valid, augmentation, turned }, mask);
  }

  /**
   * Cut the masks of a batch.
   *
   * @returns `[6N, V/2, V/2, 4]`, the mask in the first channel
   */
  async cut(batch: ViewBatch): Promise<Float32Array> {
    const inputs = this.#inputs;
    const words = this.#mask.bytes / 4;
    const groups = grouped(this.#groups, batch);
    const masks = new Float32Array(words * groups.length);
    for (const [i, group] of groups.entries()) {
      this.#plan.write(inputs.valid, Float32Array.from(group.valid));
      this.#plan.write(inputs.augmentation, group.augmentation);
      inputs.turned.write(this.#plan, group.rotations);
      this.#plan.run();
      masks.set(await this.#plan.read(this.#mask), i * words);
    }
    return masks;
  }

  destroy(): void {
    this.#plan.destroy();
  }
}
