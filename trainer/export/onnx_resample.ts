/**
 * A resampling as ONNX nodes: each tap of the map gathers pixels and scales them, the taps are added. The map is
 * written into the file, so that the sphere comes with it.
 *
 * @module
 */
import type { RecordedOp } from "../gpu/recording.ts";
import { type OnnxValues, uniformOf } from "./onnx_values.ts";

/** How a batch of images or cube faces lies in memory, told from the sizes of the dispatch. */
type Order = "image" | "image-major" | "face-major";

/** Write a resampling with a constant map; gives `[N, C, H, W]`, or `[6N, C, H, W]`. */
export function onnxResample(values: OnnxValues, op: RecordedOp): string {
  const { inputs: [x], output, dispatch: { bindings } } = op;
  const [images, outputs, inputs, taps] = [0, 1, 2, 3].map((i) => uniformOf(op, i));
  const [outputBlock, inputBlock] = [6, 7].map((i) => uniformOf(op, i));
  const from = orderOf(x!.shape[0]! / images!, inputBlock! < inputs!);
  const to = orderOf(output.shape[0]! / images!, outputBlock! < outputs!);
  const index = values.recording.data(bindings[0]!.tensor);
  const weight = values.recording.data(bindings[1]!.tensor);
  const source = planes(values, values.get(x!), x!.shape, from);
  let sum: string | undefined;
  for (let k = 0; k < taps!; k++) {
    const part = gather(values, source, {
      index: Array.from({ length: outputs! }, (_, p) => index[p * taps! + k]!),
      weight: Array.from({ length: outputs! }, (_, p) => weight[p * taps! + k]!),
    });
    if (part) sum = sum ? values.node("Add", [sum, part]) : part;
  }
  if (!sum) {
    throw new TypeError("Cannot export a resampling to ONNX: none of its taps has a weight");
  }
  return batch(values, sum, output.shape, to);
}

function orderOf(faces: number, apart: boolean): Order {
  return faces === 1 ? "image" : apart ? "face-major" : "image-major";
}

/** One tap of every output: `[N, C, inputs]` to `[N, C, outputs]`; undefined when it never counts. */
function gather(
  { graph }: OnnxValues,
  source: string,
  { index, weight }: { index: number[]; weight: number[] },
): string | undefined {
  if (weight.every((w) => w === 0)) return undefined;
  const read = index.map((i, p) => weight[p] === 0 ? 0 : i); // a tap of weight 0 may point anywhere
  const picked = graph.node("Gather", [source, graph.indices("pixels", read)], { axis: 2 });
  if (weight.every((w) => w === 1)) return picked;
  return graph.node("Mul", [picked, graph.floats("tap", weight)]);
}

/** `[N, C, H, W]` to `[N, C, HW]`, or `[6N, C, H, W]` to `[N, C, 6HW]`. */
function planes(
  values: OnnxValues,
  x: string,
  [, height, width, channels]: readonly number[],
  order: Order,
): string {
  const plane = height! * width!;
  if (order === "image") return values.reshape(x, [0, channels!, plane]);
  const apart = order === "face-major"
    ? values.transpose(values.reshape(x, [6, -1, channels!, plane]), [1, 2, 0, 3])
    : values.transpose(values.reshape(x, [-1, 6, channels!, plane]), [0, 2, 1, 3]);
  return values.reshape(apart, [0, channels!, 6 * plane]);
}

/** `[N, C, HW]` to `[N, C, H, W]`, or `[N, C, 6HW]` to `[6N, C, H, W]`. */
function batch(
  values: OnnxValues,
  x: string,
  [, height, width, channels]: readonly number[],
  order: Order,
): string {
  if (order === "image") return values.reshape(x, [0, channels!, height!, width!]);
  const faces = values.reshape(x, [0, channels!, 6, height! * width!]);
  const first = values.transpose(faces, order === "face-major" ? [2, 0, 1, 3] : [0, 2, 1, 3]);
  return values.reshape(first, [-1, channels!, height!, width!]);
}
