/**
 * Students: the networks that learn a panorama's disparity. A student is a forward recording and nothing else; its
 * gradient, buffers and optimiser are the engine's.
 *
 * @module
 */
import type { Graph, Tensor } from "../gpu/graph.ts";
import { bifusepp } from "./bifusepp.ts";
import type { ResnetDepth } from "./resnet.ts";
import { unifuse, type UniFuseOptions } from "./unifuse.ts";

/** A value of an option. */
export type OptionValue = string | boolean;

/** What a student can be asked for. */
export interface StudentOptions {
  /** Multiplier of all channels. */
  readonly width: number;
  /** Choices of its own, {@linkcode Student.options}; those that are left out have their defaults. */
  readonly options?: Readonly<Record<string, OptionValue>>;
}

/** A trainable network for panoramas. */
export interface Student {
  /** What `--student` calls it. */
  readonly name: string;
  /** Smallest height that it can work at; heights are multiples of 64. */
  readonly smallestHeight: number;
  /** Choices of its own, each with its values, the default first. */
  readonly options?: Readonly<Record<string, readonly OptionValue[]>>;
  /**
   * Floats of its largest map for each pixel of the panoramas: what an adapter has to bind at once.
   *
   * @param width multiplier of all channels
   */
  floatsPerPixel(width: number): number;
  /** Prefixes of its ResNet encoders, which may start from the weights of another one. */
  readonly encoders: readonly string[];
  /** Which ResNet these are; 18, that of a perspective network, when left out. */
  readonly encoderDepth?: ResnetDepth;
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

/** Every student that is known, in the order in which they were added. */
export function students(): readonly Student[] {
  return [...registry.values()];
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
 * A student by its name that works at a height and has these options.
 *
 * @param height of its input, pixels
 * @throws RangeError for a name that is not known, a height that it does not work at, and options that it does not have
 */
export function studentAt(
  name: string,
  height: number,
  options: StudentOptions["options"] = {},
): Student {
  const student = findStudent(name);
  checkHeight(student, height);
  for (const [option, value] of Object.entries(options)) checkOption(student, option, value);
  return student;
}

/** @throws RangeError naming the heights next to one that a student does not work at */
export function checkHeight({ name, smallestHeight }: Student, height: number): void {
  if (height % 64 === 0 && height >= smallestHeight) return;
  const [below, above] = [Math.floor, Math.ceil].map((round) => round(height / 64) * 64);
  const nearest = below! < smallestHeight
    ? `nearest is ${Math.max(above!, smallestHeight)}`
    : `nearest are ${below} and ${above}`;
  throw new RangeError(
    `Cannot use ${name} at height ${height}: it takes multiples of 64 from ${smallestHeight} on, the ${nearest}`,
  );
}

function checkOption({ name, options = {} }: Student, option: string, value: OptionValue): void {
  const values = Object.hasOwn(options, option) ? options[option]! : undefined;
  if (values?.includes(value)) return;
  const names = Object.keys(options);
  const known = values
    ? `its values are ${values.join(", ")}`
    : names.length > 0
    ? `${name} has the options ${names.join(", ")}`
    : `${name} has no options`;
  throw new RangeError(
    `Cannot use student.options.${option} = ${JSON.stringify(value)} with ${name}: ${known}`,
  );
}

addStudent({
  name: "unifuse",
  smallestHeight: 64,
  options: { fusion: ["cee", "cat", "biproj"], squeezeExcite: [true, false] },
  floatsPerPixel: (width) => 128 / 4 * width, // 64 of each encoder side by side, at half the size
  encoders: ["equi_encoder.", "cube_encoder."],
  record: (graph, image, { width, options }) =>
    unifuse(graph, image, { width, ...options as Pick<UniFuseOptions, "fusion"> }),
});

addStudent({
  name: "bifusepp",
  smallestHeight: 128,
  floatsPerPixel: (width) => Math.max(64 / 4 * width, 4), // the first convolution, at half the size; the image
  encoders: ["dnet.resnet_equi.", "dnet.resnet_cube."],
  encoderDepth: 34,
  record: (graph, image, { width }) => bifusepp(graph, image, { width }),
});
