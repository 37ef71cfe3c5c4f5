/**
 * What a training step of a student costs on this adapter: measured on a small one, scaled to others.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
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
  /** Thousands of millions of operations, a multiply-add counted as two. */
  readonly gflop: number;
  /** Buffers of the step: maps and their gradients. */
  readonly planBytes: number;
  /** Parameters with gradients and moments. */
  readonly storeBytes: number;
}

/** Measures a step; the best of `repeats` after one that compiles. */
export async function measureStep(gpu: Gpu, size: StudentSize, repeats = 3): Promise<StepCost> {
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
  try {
    initialise(store, 0, student.encoders);
    plan.write(image, new Float32Array(image.bytes / 4).fill(0.5));
    const { queue } = gpu.device;
    let seconds = Infinity;
    for (let i = 0; i <= repeats; i++) {
      const start = performance.now();
      plan.run();
      await queue.onSubmittedWorkDone();
      const took = (performance.now() - start) / 1000;
      if (i > 0) seconds = Math.min(seconds, took);
      plan.paced(took);
    }
    return {
      size,
      seconds,
      gflop: plan.flops / 1e9,
      planBytes: plan.bytes,
      storeBytes: store.bytes,
    };
  } finally {
    plan.destroy();
    store.destroy();
  }
}

/**
 * The cost of another size of the same student, at the same operations a second: operations grow with the pixels and
 * the square of the width, the memory of maps with the pixels and the width, that of parameters with the square of the
 * width alone.
 */
export function scaleStep(
  { size, seconds, gflop, planBytes, storeBytes }: StepCost,
  to: StudentSize,
): StepCost {
  const pixels = (to.height / size.height) ** 2 * to.images / size.images;
  const width = to.width / size.width;
  return {
    size: to,
    seconds: seconds * pixels * width ** 2,
    gflop: gflop * pixels * width ** 2,
    planBytes: planBytes * pixels * width,
    storeBytes: storeBytes * width ** 2,
  };
}
