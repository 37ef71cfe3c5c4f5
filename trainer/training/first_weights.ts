/**
 * Whether a run can start from the weights that its configuration names, found out before anything is opened.
 *
 * @module
 */
import { builtinModel } from "@depth-anywhere/teacher";
import type { TrainConfig } from "../config/schema.ts";
import { readOnnxWeights } from "../formats/onnx_weights.ts";
import { atWidth } from "../models/resnet.ts";
import { findStudent } from "../models/student.ts";

const random = "start from random weights: --set student.init=random";

/**
 * Look at the file of `student.init` and at the width of its encoder.
 *
 * @throws {Error} if the file cannot be read
 * @throws {SyntaxError} if it is no ONNX model
 * @throws {TypeError} if it has no ResNet-18 encoder
 * @throws {RangeError} if the encoder's depth or width is not the student's
 */
export async function checkFirstWeights(
  { name, width, init }: Pick<TrainConfig["student"], "name" | "width" | "init">,
): Promise<void> {
  if (init === "random") return;
  const weights = readOnnxWeights(await read(init), init);
  const { encoders, encoderDepth = 18 } = findStudent(name);
  if (encoders.length === 0) return;
  if (encoderDepth !== 18) {
    throw new RangeError(
      `Cannot use student.init = "${init}" with ${name} as its encoders are ResNet-${encoderDepth}, and a teacher's is ` +
        `ResNet-18: ${random}`,
    );
  }
  const channels = weights.get("encoder.conv1.weight")?.shape[0];
  if (channels === undefined) {
    throw new TypeError(
      `Cannot use student.init = "${init}" as it has no ResNet-18 encoder: name a network that ` +
        `deno task teacher wrote, or ${random}`,
    );
  }
  const [full, wanted] = [1, width].map((w) => atWidth([64], w)[0]!) as [number, number];
  if (channels === wanted) return;
  const own = channels / full;
  throw new RangeError(
    `Cannot use student.init = "${init}" with student.width = ${width} as its encoder has width ${own}: ` +
      `choose --set student.width=${own}, or ${random}`,
  );
}

async function read(init: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(init === "builtin" ? builtinModel : init);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw new Error(
      `Cannot use student.init = "${init}" as it cannot be read: ${reason}; name builtin or a teacher's .onnx file, ` +
        `or ${random}`,
      { cause: error },
    );
  }
}
