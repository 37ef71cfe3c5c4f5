/**
 * A whole student as an ONNX model, resampling included: RGB panoramas in, disparity out, nothing else needed.
 *
 * @module
 */
import { OnnxGraph, type OnnxStored } from "../formats/onnx.ts";
import { squeeze } from "../formats/onnx_layers.ts";
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from "../kernels/prepare_image.ts";
import type { NamedWeights } from "../models/initialise.ts";
import type { Student, StudentOptions } from "../models/student.ts";
import { writeOp } from "./onnx_ops.ts";
import { OnnxValues } from "./onnx_values.ts";
import { Recording } from "../gpu/recording.ts";

/** How a student is written. */
export interface StudentOnnxOptions {
  /** Of its channels and modules. */
  readonly options: StudentOptions;
  /** H of its panoramas, which are H × 2H: the sphere is written into the file for one size. */
  readonly height: number;
  /** Panoramas of a run; without: any number. */
  readonly batch?: number;
  /** `f16` halves the file; runtimes compute in f32 all the same. */
  readonly stored?: OnnxStored;
  /** Free text by key. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Write a student: input `panorama` `[N, 3, H, 2H]`, sRGB in 0..1; output `disparity` `[N, H, 2H]`, affine-ambiguous.
 * Operator set 17.
 *
 * @param weights parameters and running statistics by PyTorch's names, in its layouts
 * @throws RangeError or TypeError when a weight is missing or of another shape, or an op has no form in ONNX
 */
export function studentOnnx(
  student: Student,
  weights: NamedWeights,
  { options, height, batch, stored, metadata }: StudentOnnxOptions,
): Uint8Array<ArrayBuffer> {
  const width = 2 * height;
  const recording = new Recording();
  const image = recording.input("image", [batch ?? 2, height, width, 3]);
  const output = student.record(recording, image, options);
  const graph = new OnnxGraph(student.name, { stored, metadata });
  const values = new OnnxValues(graph, recording, weights);
  const images = batch ?? "batch";
  const panorama = graph.input("panorama", [images, 3, height, width]);
  const centred = values.node("Sub", [panorama, graph.floats("mean", IMAGENET_MEAN, [3, 1, 1])]);
  const deviation = graph.floats("deviation", IMAGENET_DEVIATION, [3, 1, 1]);
  values.set(image, values.node("Div", [centred, deviation]));
  for (const op of recording.ops()) writeOp(values, op);
  graph.output("disparity", squeeze(graph, values.get(output), [1]), [images, height, width]);
  return graph.encode();
}
