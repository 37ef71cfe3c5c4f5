/**
 * Which student a file's tensors are of, with its options and its width.
 *
 * @module
 */
import type { Student, StudentOptions } from "../models/student.ts";
import { encoderPrefix } from "./encoder.ts";
import { type Form, forms } from "./forms.ts";
import { type Fit, fit, type Signature, signatureOf } from "./signature.ts";

/** Shapes of a file's tensors by name. */
export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** A student that fits. */
export interface Recognised extends Fit {
  readonly student: Student;
  readonly options: StudentOptions;
  readonly signature: Signature;
}

/** The form and width that fits best, however badly. */
function bestFit(entries: Shapes): Recognised {
  const fits = forms().map((form) => fitForm(form, entries));
  const score = ({ fitting, missing, misshapen }: Fit): number =>
    fitting.length - missing.length - misshapen.length;
  return fits.reduce((best, next) => score(next) > score(best) ? next : best);
}

function fitForm({ student, options }: Form, entries: Shapes): Recognised {
  const whole = signatureOf(student, { options, width: 1 });
  const width = widthOf(whole, entries);
  const signature = width === 1 ? whole : signatureOf(student, { options, width });
  return { student, options: { width, options }, signature, ...fit(signature, entries) };
}

/** As most of the kernels that both have tell it: their output channels scale with the width. */
function widthOf(whole: Signature, entries: Shapes): number {
  const kernels = new Map<number, number>();
  for (const [name, shape] of whole) {
    const channels = shape.length === 4 ? entries.get(name)?.shape[0] : undefined;
    const width = channels && channels / shape[0]!;
    if (width) kernels.set(width, (kernels.get(width) ?? 0) + 1);
  }
  const most = Math.max(...kernels.values());
  return [...kernels].find(([, count]) => count === most)?.[0] ?? 1;
}

/** The student whose every tensor a file has, or undefined. */
export function perfectFit(entries: Shapes): Recognised | undefined {
  const best = bestFit(entries);
  return best.missing.length + best.misshapen.length === 0 ? best : undefined;
}

/**
 * The student of a file.
 *
 * @param path what to call the file in errors
 * @throws TypeError when it is of no known student, or tensors are missing or of another shape; it lists all of them
 */
export function recognise(entries: Shapes, path: string): Recognised {
  const best = bestFit(entries);
  const { student, options, signature, fitting, missing, misshapen } = best;
  if (fitting.length < signature.size / 2) {
    const names = [...entries.keys()];
    const remedy = encoderPrefix(entries) === undefined
      ? ""
      : `; it has an encoder that a training can begin with: deno task train --init-encoder ${path}`;
    throw new TypeError(
      `Cannot tell which student "${path}" is of: known are ${
        [...new Set(forms().map(({ student }) => student.name))].join(", ")
      }; ` +
        `its ${names.length} tensors are named ${names.slice(0, 3).join(", ")}${
          names.length > 3 ? ", …" : ""
        }${remedy}`,
    );
  }
  if (missing.length + misshapen.length > 0) {
    throw new TypeError([
      `Cannot use "${path}" as ${
        describeForm(student.name, options)
      }: of its ${signature.size} tensors ` +
      `${missing.length} missing, ${misshapen.length} of another shape`,
      ...missing.map((name) => `  missing      ${name} [${signature.get(name)}]`),
      ...misshapen.map((name) =>
        `  other shape  ${name} is [${entries.get(name)!.shape}], needed is [${
          signature.get(name)
        }]`
      ),
    ].join("\n"));
  }
  return best;
}

/** For people: `unifuse, width 0.25, fusion cat`. */
export function describeForm(name: string, { width, options = {} }: StudentOptions): string {
  const chosen = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  return [name, `width ${width}`, ...chosen].join(", ");
}
