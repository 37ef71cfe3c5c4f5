/**
 * What a training step of a student costs on this adapter: measured on a small one, scaled to others.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import type { Plan } from "../gpu/plan.ts";
import { initialise } from "../models/initialise.ts";
import { findStudent } from "../models/student.ts";

/** A student and what it is fed in a step. */
export interface StudentSize {
  readonly name: string;
  readonly width: number;
  /** Pixels; the panorama is twice as wide. */
  readonly height: number;
  /** Panoramas in a step, labelled and unlabelled together. */
  readonly images: number;
}

/** A measured step: forward and backward of the student, without data, teacher and optimiser. */
export interface StepCost {
  readonly size: StudentSize;
  readonly seconds: number;
  /** The slowest step's time as a multiple of the best: far from 1 on a busy machine. */
  readonly scatter: number;
  /** Thousands of millions of operations, a multiply-add counted as two. */
  readonly gflop: number;
  /** Buffers of the step: maps and their gradients. */
  readonly planBytes: number;
  /** Parameters with gradients and moments. */
  readonly storeBytes: number;
}

/**
 * Measures steps, the best of `repeats` after one that compiles: in turns, so that what else the machine does slows all
 * of them and their times can be compared.
 */
export async function measureSteps(
  gpu: Gpu,
  sizes: readonly StudentSize[],
  repeats = 3,
): Promise<StepCost[]> {
  const steps: Step[] = [];
  try {
    for (const size of sizes) steps.push(await openStep(gpu, size));
    const times = steps.map((): number[] => []);
    for (let turn = 0; turn <= repeats; turn++) {
      for (const [i, { plan }] of steps.entries()) {
        const start = performance.now();
        plan.run();
        await gpu.device.queue.onSubmittedWorkDone();
        const took = (performance.now() - start) / 1000;
        if (turn > 0) times[i]!.push(took);
        plan.paced(took);
      }
    }
    return steps.map(({ size, plan, store }, i) => {
      const seconds = Math.min(...times[i]!);
      return {
        size,
        seconds,
        scatter: Math.max(...times[i]!) / seconds,
        gflop: plan.flops / 1e9,
        planBytes: plan.bytes,
        storeBytes: store.bytes,
      };
    });
  } finally {
    for (const { plan, store } of steps) {
      plan.destroy();
      store.destroy();
    }
  }
}

interface Step {
  readonly size: StudentSize;
  readonly plan: Plan;
  readonly store: ParameterStore;
}

async function openStep(gpu: Gpu, size: StudentSize): Promise<Step> {
  const { name, width, height, images } = size;
  const store = new ParameterStore(gpu);
  const graph = new Graph(gpu, store, "train");
  const image = graph.input("image", [images, height, 2 * height, 3]);
  const student = findStudent(name);
  const disparity = student.record(graph, image, { width });
  const ones = new Float32Array(disparity.bytes / 4); // channel 0 of 4 carries the map
  for (let i = 0; i < ones.length; i += 4) ones[i] = 1;
  graph.differentiateFrom([{ tensor: disparity, gradient: graph.constant("upstream", ones) }]);
  const plan = await graph.build();
  initialise(store, 0, student.encoders);
  plan.write(image, new Float32Array(image.bytes / 4).fill(0.5));
  return { size, plan, store };
}

/**
 * The cost of another size of the same student, at the same operations a second: operations grow with the pixels and
 * the square of the width, the memory of maps with the pixels and the width, that of parameters with the square of the
 * width alone.
 */
export function scaleStep(
  { size, seconds, scatter, gflop, planBytes, storeBytes }: StepCost,
  to: StudentSize,
): StepCost {
  const pixels = (to.height / size.height) ** 2 * to.images / size.images;
  const width = to.width / size.width;
  return {
    size: to,
    seconds: seconds * pixels * width ** 2,
    scatter,
    gflop: gflop * pixels * width ** 2,
    planBytes: planBytes * pixels * width,
    storeBytes: storeBytes * width ** 2,
  };
}
