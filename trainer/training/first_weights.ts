/**
 * What a run starts from: random numbers, the encoder of another network, or a whole checkpoint of the same student.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { embeddedEncoder } from "../checkpoints/embedded_encoder.ts";
import { encoderPrefix, fitEncoder } from "../checkpoints/encoder.ts";
import { describeForm, perfectFit } from "../checkpoints/recognise.ts";
import { fit, signatureOf } from "../checkpoints/signature.ts";
import { openWeights, readWeights, type WeightsFile } from "../checkpoints/weights_file.ts";
import type { TrainConfig } from "../config/schema.ts";
import type { ParameterStore } from "../gpu/parameters.ts";
import { copyWeights, initialiseEncoders } from "../models/initialise.ts";
import { findStudent, type StudentOptions } from "../models/student.ts";

type StudentConfig = Omit<TrainConfig["student"], "options"> & StudentOptions;

const random = "start from random weights: --set student.init=random";

/** What a run starts from, open until it is loaded. */
export class FirstWeights implements Disposable {
  /** What the file of `student.init` starts. */
  readonly kind: "random" | "encoders" | "student";
  readonly #config: StudentConfig;
  #file: WeightsFile | undefined;

  private constructor(kind: FirstWeights["kind"], config: StudentConfig, file?: WeightsFile) {
    this.kind = kind;
    this.#config = config;
    this.#file = file;
  }

  /**
   * Look at the file of `student.init`, before anything else is opened.
   *
   * @param opened that file, if it is open already: it is closed with this
   * @throws Error when the file cannot be read; TypeError or RangeError when the student cannot start from it
   */
  static async open(config: StudentConfig, opened?: WeightsFile): Promise<FirstWeights> {
    if (isRandom(config)) {
      opened?.[Symbol.dispose]();
      return new FirstWeights("random", config);
    }
    const file = opened ?? await openInit(config.init);
    try {
      return new FirstWeights(kindOf(config, file), config, file);
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }

  /** Start a store; what the file does not hold stays as it is. @throws SyntaxError when its numbers are damaged */
  async load(store: ParameterStore): Promise<void> {
    const [file, { name, init }] = [this.#file, this.#config];
    if (!file) return;
    if (this.kind === "student") {
      copyWeights(store, await readWeights(file, [...store.names(), ...store.states()]), init);
      return;
    }
    const prefix = encoderPrefix(file.entries)!;
    const names = [...file.entries.keys()].filter((key) => key.startsWith(prefix));
    const weights = Array.from(
      await readWeights(file, names),
      ([key, weight]) => [`encoder.${key.slice(prefix.length)}`, weight] as const,
    );
    initialiseEncoders(store, findStudent(name).encoders, new Map(weights), init);
  }

  /** Close the file, and let go of what was read of it. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }
}

/** Also when a preset offers the embedded encoder to a student that has none. */
function isRandom({ name, init }: StudentConfig): boolean {
  return init === "random" || (init === "builtin" && findStudent(name).encoders.length === 0);
}

/**
 * Open what `student.init` names.
 *
 * @param init `builtin`, a file or a run folder
 * @throws Error saying what can be named
 */
export async function openInit(init: string): Promise<WeightsFile> {
  try {
    return await openWeights(init === "builtin" ? fileURLToPath(embeddedEncoder) : init);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      `Cannot use student.init = "${init}": ${reason}. Name builtin, a checkpoint of the student or a file with a ` +
        `ResNet, or ${random}`,
      { cause: error },
    );
  }
}

function kindOf(
  { name, init, ...options }: StudentConfig,
  file: WeightsFile,
): Exclude<FirstWeights["kind"], "random"> {
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
        `leave that away and use --init, which trains what the file is of, or ${random}`,
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
