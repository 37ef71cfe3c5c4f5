/**
 * Arguments of `deno task predict`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { shippedStudent } from "../checkpoints/shipped_student.ts";
import type { ScaleOptions } from "../prediction/metric_scale.ts";
import { encoders, type OutputName } from "../prediction/outputs.ts";
import type { PredictOptions } from "../prediction/predict_files.ts";
import { UsageError, wholeNumber } from "./command.ts";
import { heightOption } from "./working_height.ts";

/** As `parseArgs` takes them. */
export const predictOptions = {
  checkpoint: { type: "string" },
  output: { type: "string" },
  color: { type: "boolean" },
  maps: { type: "boolean" },
  exr: { type: "boolean" },
  npy: { type: "boolean" },
  ply: { type: "boolean" },
  glb: { type: "boolean" },
  normals: { type: "boolean" },
  scale: { type: "string" },
  "median-distance": { type: "string" },
  shift: { type: "string" },
  far: { type: "string" },
  rows: { type: "string" },
  edge: { type: "string" },
  height: { type: "string" },
  rotations: { type: "string" },
  sequence: { type: "boolean" },
  smooth: { type: "string" },
  pad: { type: "boolean" },
  jobs: { type: "string" },
  json: { type: "boolean" },
} as const;

type Values = {
  [K in keyof typeof predictOptions]?:
    | ((typeof predictOptions)[K]["type"] extends "string" ? string : boolean)
    | undefined;
};

/** What the command line asks for. */
export interface PredictArguments extends PredictOptions {
  /** A file or run folder. */
  readonly checkpoint: string;
  /** Rows that the network works at, if named. */
  readonly height: number | undefined;
  readonly rotations: number;
  readonly jobs: number;
  /** Take the files as frames of one sequence. */
  readonly sequence: boolean;
  /** Frames on each side to smooth with. */
  readonly smooth: number;
}

/** @throws {UsageError} naming the option, its value and what is expected */
export function predictArguments(values: Values): PredictArguments {
  const { checkpoint = fileURLToPath(shippedStudent), output = "predictions" } = values;
  if (!checkpoint) {
    throw new UsageError(
      '--checkpoint is "": name a run folder of deno task train, its .safetensors, what deno task import or export ' +
        "wrote, or a .pth; left out, it is the student that ships with this program",
    );
  }
  if (!output) throw new UsageError('--output is "": name a folder for the results');
  const names = (Object.keys(encoders) as OutputName[]).filter((name) => values[name]);
  const whole = (name: "rows" | "rotations" | "jobs" | "smooth", otherwise: number, least = 1) =>
    values[name] === undefined ? otherwise : wholeNumber(name, values[name], least);
  const parsed: PredictArguments = {
    checkpoint,
    output: output.replace(/(?<=.)\/+$/, ""),
    outputs: names.length > 0 ? names : ["color"],
    space: { rows: whole("rows", 512, 2), edge: positive(values, "edge") ?? 0.2 },
    scale: scaleOf(values),
    pad: values.pad ?? false,
    height: heightOption(values.height),
    rotations: whole("rotations", 2),
    jobs: whole("jobs", 2),
    sequence: values.sequence ?? false,
    smooth: whole("smooth", 2, 0),
  };
  checkEffects(values, parsed.outputs); // last: a value that is none is told first
  return parsed;
}

/** @throws {UsageError} for a flag that would change nothing */
function checkEffects(values: Values, outputs: readonly OutputName[]): void {
  const some = (...names: OutputName[]): boolean => names.some((name) => outputs.includes(name));
  const told = values.scale !== undefined || values["median-distance"] !== undefined;
  const space = some("ply", "glb", "normals");
  const numbers = some("maps", "exr", "npy");
  const scaled = [space || numbers, "--maps, --exr, --npy, --ply, --glb or --normals"] as const;
  const distant = [
    space || numbers && told,
    "--ply, --glb or --normals, or to a scale for --maps, --exr or --npy",
  ] as const;
  const effects = {
    scale: scaled,
    "median-distance": scaled,
    shift: distant,
    far: distant,
    rows: [some("ply", "glb"), "--ply or --glb"],
    edge: [some("glb"), "--glb"],
    smooth: [values.sequence, "--sequence"],
  } as const;
  for (const [name, [has, owner]] of Object.entries(effects)) {
    if (values[name as keyof typeof effects] !== undefined && !has) {
      throw new UsageError(`--${name} belongs to ${owner}`);
    }
  }
}

function scaleOf(values: Values): ScaleOptions {
  const scale = positive(values, "scale");
  const medianDistance = positive(values, "median-distance");
  if (scale !== undefined && medianDistance !== undefined) {
    throw new UsageError("--scale and --median-distance both tell the scale: give one of them");
  }
  const far = positive(values, "far");
  const shift = values.shift === undefined ? undefined : Number(values.shift.trim() || NaN);
  if (shift !== undefined && !Number.isFinite(shift)) {
    throw new UsageError(`--shift is "${values.shift}": expected a number`);
  }
  return {
    ...(scale !== undefined && { scale }),
    ...(medianDistance !== undefined && { medianDistance }),
    ...(shift !== undefined && { shift }),
    ...(far !== undefined && { far }),
  };
}

function positive(
  values: Values,
  name: "scale" | "median-distance" | "far" | "edge",
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text.trim() || NaN);
  if (!(value > 0 && value < Infinity)) {
    throw new UsageError(`--${name} is "${text}": expected a positive number`);
  }
  return value;
}
