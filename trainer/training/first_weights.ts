/**
 * What a run starts from: random numbers, the encoder of another network, or a whole checkpoint of the same student.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { builtinModel } from "@depth-anywhere/teacher";
import { encoderPrefix, fitEncoder } from "../checkpoints/encoder.ts";
import { describeForm, perfectFit } from "../checkpoints/recognise.ts";
import { fit, signatureOf } from "../checkpoints/signature.ts";
import { openWeights, type WeightsFile } from "../checkpoints/weights_file.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { copyWeights, initialiseEncoders, type NamedWeights } from "../models/initialise.ts";
import { findStudent, type StudentOptions } from "../models/student.ts";

type StudentConfig = Omit<TrainConfig["student"], "options"> & StudentOptions;

/** What the file of `student.init` starts. */
export type FirstWeights = "random" | "encoders" | "student";

const random = "start from random weights: --set student.init=random";

/**
 * Look at the file of `student.init`, before anything else is opened.
 *
 * @throws Error when the file cannot be read; TypeError or RangeError when the student cannot start from it
 */
export async function checkFirstWeights(config: StudentConfig): Promise<FirstWeights> {
  if (isRandom(config)) return "random";
  using file = await openInit(config.init);
  return kindOf(config, file);
}

/**
 * Start a store from the file of `student.init`; what it does not hold stays as it is.
 *
 * @throws as {@link checkFirstWeights}
 */
export async function loadFirstWeights(
  store: ParameterStore,
  config: StudentConfig,
): Promise<void> {
  const { name, init } = config;
  if (isRandom(config)) return;
  using file = await openInit(init);
  const whole = kindOf(config, file) === "student";
  if (whole) copyWeights(store, await read(file, [...store.names(), ...store.states()]), init);
  else {
    const prefix = encoderPrefix(file.entries)!;
    const names = [...file.entries.keys()].filter((key) => key.startsWith(prefix));
    const weights = Array.from(
      await read(file, names),
      ([key, weight]) => [`encoder.${key.slice(prefix.length)}`, weight] as const,
    );
    initialiseEncoders(store, findStudent(name).encoders, new Map(weights), init);
  }
}

/** Also when a preset offers the embedded encoder to a student that has none. */
function isRandom({ name, init }: StudentConfig): boolean {
  return init === "random" || (init === "builtin" && findStudent(name).encoders.length === 0);
}

async function read(file: WeightsFile, names: readonly string[]): Promise<NamedWeights> {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const name of names) {
    weights.set(name, { shape: file.entries.get(name)!.shape, data: await file.read(name) });
  }
  return weights;
}

async function openInit(init: string): Promise<WeightsFile> {
  try {
    return await openWeights(init === "builtin" ? fileURLToPath(builtinModel) : init);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      `Cannot use student.init = "${init}": ${reason}. Name builtin, a checkpoint of the student or a file with a ` +
        `ResNet, or ${random}`,
      { cause: error },
    );
  }
}

function kindOf({ name, init, ...options }: StudentConfig, file: WeightsFile): FirstWeights {
  const student = findStudent(name);
  const { entries } = file;
  const { missing, misshapen } = fit(signatureOf(student, options), entries);
  if (missing.length + misshapen.length === 0) return "student";
  const wanted = describeForm(name, options);
  const other = perfectFit(entries);
  if (other) {
    const form = describeForm(other.student.name, other.options);
    throw new RangeError(
      `Cannot use student.init = "${init}" as it is a checkpoint of ${form}, and the run trains ${wanted}: ` +
        `use --init, which trains what the file is of, or ${random}`,
    );
  }
  const prefix = encoderPrefix(entries);
  if (prefix === undefined || student.encoders.length === 0) {
    throw new TypeError(
      `Cannot use student.init = "${init}" as it is neither a checkpoint of ${wanted} nor has it a ResNet for its ` +
        `encoders: name torchvision's ResNet or a network that deno task teacher wrote, or ${random}`,
    );
  }
  const encoder = fitEncoder(student, options, entries, prefix);
  const { width, missing: lacks, misshapen: different, unused } = encoder;
  if (width !== options.width) {
    throw new RangeError(
      `Cannot use student.init = "${init}" with student.width = ${options.width} as its encoder has width ${width}: ` +
        `choose --set student.width=${width}, or ${random}`,
    );
  }
  const wrong = [...lacks, ...different, ...unused];
  if (wrong.length === 0) return "encoders";
  throw new RangeError(
    `Cannot use student.init = "${init}" as its ResNet is not that of ${name}: it lacks ${lacks.length} tensors and has ` +
      `${unused.length} more (first "${wrong[0]}"); name one of the right depth, or ${random}`,
  );
}
