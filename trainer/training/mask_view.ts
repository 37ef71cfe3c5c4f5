/**
 * Masks of panoramas as the faces of a rotated cube, beside what the teacher sees of the pictures. They stay on the GPU,
 * where the loss needs them.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { readBuffer } from "../gpu/readback.ts";
import { AUGMENTATION_WORDS } from "../kernels/augmentation.ts";
import { prepareMap } from "../kernels/prepare_image.ts";
import { resampleMask } from "../kernels/resample.ts";
import { type RotatedMap, rotatedMap, type RotatedMapOptions } from "./rotated_map.ts";
import { grouped, type Grouping, type ViewBatch } from "./view_groups.ts";

/** Cuts masks. A plan of its own: data without masks have none. */
export class MaskView {
  readonly #device: GPUDevice;
  readonly #plan: Plan;
  readonly #groups: Grouping;
  readonly #inputs: { valid: Tensor; augmentation: Tensor; turned: RotatedMap };
  readonly #mask: Tensor;
  /** All groups of a batch. */
  readonly #masks: GPUBuffer;

  private constructor(
    device: GPUDevice,
    plan: Plan,
    groups: Grouping,
    inputs: { valid: Tensor; augmentation: Tensor; turned: RotatedMap },
    mask: Tensor,
  ) {
    this.#device = device;
    this.#plan = plan;
    this.#groups = groups;
    this.#inputs = inputs;
    this.#mask = mask;
    this.#masks = device.createBuffer({
      label: "cut masks",
      size: mask.bytes * (groups.batch / groups.together),
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
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
    const inputs = { valid, augmentation, turned };
    return new MaskView(gpu.device, await graph.build(), groups, inputs, mask);
  }

  /**
   * Cut the masks of a batch.
   *
   * @returns `[6N, V/2, V/2, 4]`, the mask in the first channel; the next batch is cut into the same buffer
   */
  cut(batch: ViewBatch): GPUBuffer {
    const inputs = this.#inputs;
    const { buffer, offset, bytes } = this.#plan.range(this.#mask);
    for (const [i, group] of grouped(this.#groups, batch).entries()) {
      this.#plan.write(inputs.valid, Float32Array.from(group.valid));
      this.#plan.write(inputs.augmentation, group.augmentation);
      inputs.turned.write(this.#plan, group.rotations);
      this.#plan.run();
      const encoder = this.#device.createCommandEncoder({ label: "cut masks" });
      encoder.copyBufferToBuffer(buffer, offset, this.#masks, i * bytes, bytes);
      this.#device.queue.submit([encoder.finish()]);
    }
    return this.#masks;
  }

  /** The masks that were cut last, on the host. */
  async read(): Promise<Float32Array> {
    return await readBuffer(this.#device, this.#masks, 0, this.#masks.size);
  }

  destroy(): void {
    this.#plan.destroy();
    this.#masks.destroy();
  }
}
