/** Whether an ONNX model is a depth teacher, and at which sizes it runs. */

import type { OnnxForm, OnnxValue } from "./onnx_form.ts";

/** What the teacher needs to know of its model. */
export interface TeacherForm {
  /** Name of the input, `[N, 3, S, S]`. */
  readonly input: string;
  /** Name of the output, `[N, S, S]` or `[N, 1, S, S]`. */
  readonly output: string;
  /** Faces a run takes when the model fixes them. */
  readonly batch: number | undefined;
  /** Side of a face, pixels. */
  readonly inputSize: number;
}

const OUTPUTS = ["predicted_depth", "depth"];

/** Side that dynamic models get unless they or the user say otherwise: Depth Anything's own. */
const USUAL_SIZE = 518;

/**
 * Find the teacher in a model. A model may state `input_size` and `multiple_of` in its metadata; without, a free side
 * is a multiple of 14, the patch of Depth Anything.
 *
 * @param form of the model
 * @param name what to call it in errors
 * @param wanted side of a face, pixels; the model's own when absent
 * @throws {TypeError} if inputs or outputs are not those of a depth network
 * @throws {RangeError} if it does not run at the wanted size
 */
export function teacherForm(form: OnnxForm, name: string, wanted?: number): TeacherForm {
  const wrong = (what: string): never => {
    throw new TypeError(
      `Cannot use "${name}" as a depth teacher because ${what}; expected one float32 input [N, 3, H, W] ` +
        `and one float32 output [N, H, W], as in Depth Anything exports`,
    );
  };
  if (form.inputs.length !== 1) {
    wrong(`it has ${form.inputs.length} inputs: ${form.inputs.map(show).join(", ")}`);
  }
  const input = form.inputs[0]!;
  const output = form.outputs.length === 1
    ? form.outputs[0]!
    : form.outputs.find((value) => OUTPUTS.includes(value.name)) ??
      wrong(
        `none of its outputs is named ${OUTPUTS.join(" or ")}: ${
          form.outputs.map(show).join(", ")
        }`,
      );
  if (input.type !== "float32") wrong(`its input is ${show(input)}`);
  if (output.type !== "float32") wrong(`its output is ${show(output)}`);
  if (input.dims?.length !== 4 || (typeof input.dims[1] === "number" && input.dims[1] !== 3)) {
    wrong(`its input is ${show(input)}`);
  }
  const rank = output.dims?.length ?? 3;
  if (rank !== 3 && rank !== 4) wrong(`its output is ${show(output)}`);
  const [batch, , height, width] = input.dims!;
  return {
    input: input.name,
    output: output.name,
    batch: typeof batch === "number" ? batch : undefined,
    inputSize: chooseSize(form, name, height!, width!, wanted),
  };
}

function show({ name, type, dims }: OnnxValue): string {
  return `"${name}" ${type} [${dims?.join(", ") ?? "?"}]`;
}

function chooseSize(
  { metadata }: OnnxForm,
  name: string,
  height: number | string,
  width: number | string,
  wanted: number | undefined,
): number {
  const [fixed, other] = [height, width].filter((d) => typeof d === "number");
  if (fixed !== undefined) {
    if (other !== undefined && other !== fixed) {
      throw new TypeError(
        `Cannot use "${name}" as a depth teacher because its input is ${height}x${width}: faces are square`,
      );
    }
    if (wanted !== undefined && wanted !== fixed) {
      throw new RangeError(
        `Cannot run teacher "${name}" at ${wanted} pixels as its input is fixed: the size allowed is ${fixed}`,
      );
    }
    return fixed;
  }
  const multiple = Number(metadata.multiple_of ?? 14);
  const size = wanted ?? Number(metadata.input_size ?? USUAL_SIZE);
  if (size >= multiple && size % multiple === 0) return size;
  const below = Math.max(multiple, Math.floor(size / multiple) * multiple);
  const above = Math.max(multiple, Math.ceil(size / multiple) * multiple);
  throw new RangeError(
    `Cannot run teacher "${name}" at ${size} pixels as its side must be a multiple of ${multiple}: ` +
      (below === above ? `the nearest is ${below}` : `the nearest are ${below} and ${above}`),
  );
}

/**
 * Faces that a run in wasm takes when the model leaves it open: as many pixels as one panorama has in front of Depth
 * Anything, since all of the activations of a run share a heap of 4 GB. What comes out does not depend on it.
 *
 * @param inputSize side of a face, pixels
 */
export function facesOfRun(inputSize: number): number {
  return Math.max(1, Math.floor(6 * USUAL_SIZE ** 2 / inputSize ** 2));
}

/**
 * Throw unless a run gave `[count, size, size]` or `[count, 1, size, size]`.
 *
 * @throws {TypeError} with the shape that came instead
 */
export function checkOutput(
  name: string,
  dims: readonly number[],
  count: number,
  size: number,
): void {
  const got = dims.length === 4 && dims[1] === 1 ? [dims[0], dims[2], dims[3]] : dims;
  if (got.length === 3 && got[0] === count && got[1] === size && got[2] === size) return;
  throw new TypeError(
    `Cannot use teacher "${name}" as its output has the wrong shape: current shape is [${
      dims.join(", ")
    }], ` +
      `expected [${count}, ${size}, ${size}]`,
  );
}
