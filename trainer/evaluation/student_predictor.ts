/**
 * A student as a function: panoramas in, disparity out. Shares the weights of a store, so it always speaks for their
 * present state.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph, type Tensor } from "../gpu/graph.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { prepareImage } from "../kernels/prepare_image.ts";
import { findStudent, type StudentOptions } from "../models/student.ts";
import { resized } from "../models/resized.ts";
import { readsInFlight } from "./reads_in_flight.ts";

/** Which student, and the size of what it is given. */
export interface PredictorOptions {
  readonly student: StudentOptions & { readonly name: string };
  /** H, the height that the student works at. */
  readonly height: number;
  /** Height of the panoramas that are given; they are resized to H. H when left out. */
  readonly inputHeight?: number;
  /** Panoramas of one run; when left out 2, or 1 where the adapter cannot bind the maps of two. */
  readonly batch?: number;
  /** How panoramas are given: packed RGBA bytes (default), or sRGB 0..1. */
  readonly colors?: "bytes" | "floats";
}

/** Whether the largest map of two panoramas can be bound, float32 as it is here whatever the training stores. */
function fitsTwice({ limits }: Gpu, student: PredictorOptions["student"], height: number): boolean {
  const floats = 2 * height ** 2 * findStudent(student.name).floatsPerPixel(student.width);
  return 2 * 4 * floats <= Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}

/** See the module's text. */
export class StudentPredictor {
  readonly #plan: Plan;
  readonly #pixels: Tensor;
  readonly #output: Tensor;
  readonly #batch: number;

  private constructor(plan: Plan, pixels: Tensor, output: Tensor, batch: number) {
    this.#plan = plan;
    this.#pixels = pixels;
    this.#output = output;
    this.#batch = batch;
  }

  /** Build the plan. The store may get its values before or after. */
  static async open(
    gpu: Gpu,
    store: ParameterStore,
    options: PredictorOptions,
  ): Promise<StudentPredictor> {
    const { student, height, inputHeight = height, colors = "bytes" } = options;
    const batch = options.batch ?? (fitsTwice(gpu, student, height) ? 2 : 1);
    const graph = new Graph(gpu, store, "evaluate");
    const size = { height: inputHeight, width: 2 * inputHeight };
    const shape = colors === "floats"
      ? [batch, size.height, size.width, 3]
      : [batch * size.height * size.width];
    const pixels = graph.input("panoramas", shape);
    let { image } = prepareImage(graph, pixels, { size, jitter: false });
    if (inputHeight !== height) image = resized(graph, image, height, 2 * height);
    const output = graph.output(findStudent(student.name).record(graph, image, student));
    return new StudentPredictor(await graph.build(), pixels, output, batch);
  }

  /**
   * Disparity of some panoramas.
   *
   * @param panoramas packed RGBA words, `[inputHeight, 2 inputHeight]` each, or floats, `[inputHeight, 2 inputHeight, 4]`
   * @returns affine-ambiguous disparity, `[H, 2H]` each
   */
  async predict(panoramas: readonly (Uint32Array | Float32Array)[]): Promise<Float32Array[]> {
    const inFlight = readsInFlight();
    const firsts = Array.from(
      { length: Math.ceil(panoramas.length / this.#batch) },
      (_, i) => i * this.#batch,
    );
    const maps = await Promise.all(firsts.map((first) =>
      inFlight(async () => {
        const some = panoramas.slice(first, first + this.#batch);
        some.forEach((pixels, i) => this.#plan.write(this.#pixels, pixels, i * pixels.length));
        this.#plan.run();
        const words = await this.#plan.read(this.#output);
        const each = words.length / this.#batch;
        return some.map((_, i) => {
          const map = new Float32Array(each / 4);
          for (let p = 0; p < map.length; p++) map[p] = words[i * each + 4 * p]!;
          return map;
        });
      })
    ));
    return maps.flat();
  }

  /** Bytes of the maps, which share memory where they live at other times. */
  get bytes(): number {
    return this.#plan.bytes;
  }

  destroy(): void {
    this.#plan.destroy();
  }
}
