/**
 * Students: the networks that learn a panorama's disparity. A student is a forward recording and nothing else; its
 * gradient, buffers and optimiser are the engine's.
 *
 * @module
 */
import type { Graph, Tensor } from "../gpu/graph.ts";
import { unifuse } from "./unifuse.ts";

/** What a student can be asked for. */
export interface StudentOptions {
  /** Multiplier of all channels. */
  readonly width: number;
}

/** A trainable network for panoramas. */
export interface Student {
  /** What `--student` calls it. */
  readonly name: string;
  /** Smallest height that it can work at; heights are multiples of 64. */
  readonly smallestHeight: number;
  /**
   * Floats of its largest map for each pixel of the panoramas: what an adapter has to bind at once.
   *
   * @param width multiplier of all channels
   */
  floatsPerPixel(width: number): number;
  /** Prefixes of its ResNet-18 encoders, which may start from those of a perspective network. */
  readonly encoders: readonly string[];
  /**
   * Record the forward pass.
   *
   * @param image `[N, H, 2H, 3]`, ImageNet-normalised
   * @returns affine-ambiguous disparity `[N, H, 2H, 1]`
   */
  record(graph: Graph, image: Tensor, options: StudentOptions): Tensor;
}

const registry = new Map<string, Student>();

/** Make a student known by its name. */
export function addStudent(student: Student): void {
  registry.set(student.name, student);
}

/**
 * A student by its name.
 *
 * @throws RangeError naming the known students
 */
export function findStudent(name: string): Student {
  const student = registry.get(name);
  if (!student) {
    throw new RangeError(
      `Cannot train student "${name}": known students are ${[...registry.keys()].join(", ")}`,
    );
  }
  return student;
}

/**
 * A student by its name that works at a height.
 *
 * @param height of its input, pixels
 * @throws RangeError for a name that is not known and a height below its smallest
 */
export function studentAt(name: string, height: number): Student {
  const student = findStudent(name);
  const { smallestHeight } = student;
  if (height < smallestHeight) {
    throw new RangeError(
      `Cannot train ${name} at height ${height}: its smallest is ${smallestHeight}`,
    );
  }
  return student;
}

addStudent({
  name: "unifuse",
  smallestHeight: 64,
  floatsPerPixel: (width) => 128 / 4 * width, // 64 of each encoder side by side, at half the size
  encoders: ["equi_encoder.", "cube_encoder."],
  record: (graph, image, { width }) => unifuse(graph, image, { width }),
});
