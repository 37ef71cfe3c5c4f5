/**
 * What each op of the engine is in ONNX, by the stem of its kernel. A network is exported from its own recording, so
 * this table is all that there is: a new student needs a new line only if it brings a new op.
 *
 * @module
 */
import { activations } from "../kernels/conv2d_activation.ts";
import { activationAt } from "../kernels/conv2d_epilogue.ts";
import * as layers from "../formats/onnx_layers.ts";
import { onnxResample } from "./onnx_resample.ts";
import { type OnnxValues, switchOf, uniformOf } from "./onnx_values.ts";
import type { RecordedOp } from "../gpu/recording.ts";
import type { Tensor } from "../gpu/tensor.ts";

type Writer = (values: OnnxValues, op: RecordedOp) => string;

const writers: Readonly<Record<string, Writer>> = {
  conv2d: (values, op) => activated(values, op, convolution(values, op, op.inputs[2])),
  conv2d_norm: convolutionNorm,
  batch_norm: batchNorm,
  resample: onnxResample,
  relu: (v, { inputs: [x] }) => layers.relu(v.graph, v.get(x!)),
  elu: (v, { inputs: [x] }) => layers.elu(v.graph, v.get(x!)),
  sigmoid(v, op) {
    const y = layers.sigmoid(v.graph, v.get(op.inputs[0]!));
    const scale = uniformOf(op, -1);
    return scale === 1 ? y : v.node("Mul", [y, v.graph.floats("scale", [scale])]);
  },
  add: (v, { inputs: [a, b] }) => layers.add(v.graph, v.get(a!), v.get(b!)),
  multiply_channels: (v, { inputs: [x, s] }) => v.node("Mul", [v.get(x!), v.get(s!)]),
  multiply_map: (v, { inputs: [x, m] }) => v.node("Mul", [v.get(x!), v.get(m!)]),
  concat: (v, { inputs, output }) =>
    layers.concat(
      v.graph,
      inputs.map((x) =>
        x.shape[1] === output.shape[1] ? v.get(x) : layers.upsample2(v.graph, v.get(x))
      ),
    ),
  max_pool: (v, { inputs: [x] }) => layers.maxPool(v.graph, v.get(x!), 3, 2, 1),
  global_average_pool: (v, { inputs: [x] }) => v.node("GlobalAveragePool", [v.get(x!)]),
  pixel_shuffle: (v, { inputs: [x] }) =>
    v.node("DepthToSpace", [v.get(x!)], { blocksize: 2, mode: "CRD" }),
  upsample_nearest: (v, { inputs: [x] }) => layers.upsample2(v.graph, v.get(x!)),
};

/**
 * Write one op.
 *
 * @throws TypeError for an op that has no form in ONNX yet
 */
export function writeOp(values: OnnxValues, op: RecordedOp): void {
  const write = Object.hasOwn(writers, op.kind) ? writers[op.kind] : undefined;
  if (!write) {
    throw new TypeError(
      `Cannot export op "${op.kind}" to ONNX: known are ${Object.keys(writers).join(", ")}`,
    );
  }
  values.set(op.output, write(values, op));
}

/** A convolution, or a linear layer at every pixel. */
function convolution(values: OnnxValues, op: RecordedOp, bias: Tensor | undefined): string {
  const { inputs: [x, weight] } = op;
  const [, , height = 1, width = 1] = weight!.shape;
  const flat = values.parameter(weight!);
  const kernel = weight!.shape.length === 4 ? flat : values.reshape(flat, [0, 0, 1, 1]);
  const { stride, rows, columns } = placement(op, [height, width]);
  return values.node(
    "Conv",
    [values.get(x!), kernel, ...(bias ? [values.parameter(bias)] : [])],
    {
      kernel_shape: [height, width],
      strides: [stride, stride],
      pads: [rows, columns, rows, columns],
    },
    weight!.name.replace(/\.weight$/, ""),
  );
}

/** What the kernel of a convolution does to y last. */
function activated(values: OnnxValues, op: RecordedOp, y: string): string {
  const activation = activations[uniformOf(op, activationAt["conv2d_tiles.wgsl"])]; // a recording is for GPUs
  return activation ? layers[activation](values.graph, y) : y;
}

/** Stride and padding, which stand behind the kernel's sizes in the uniforms of every variant. */
function placement(
  op: RecordedOp,
  [height, width]: readonly [number, number],
): { stride: number; rows: number; columns: number } {
  const { inputs: [x], output } = op;
  const [kernelHeight, kernelWidth, stride, rows, columns] = [7, 8, 9, 10, 11].map((i) =>
    uniformOf(op, i)
  ) as [number, number, number, number, number];
  const size = (input: number, padding: number, kernel: number): number =>
    Math.floor((input + 2 * padding - kernel) / stride) + 1;
  const fits = kernelHeight === height && kernelWidth === width &&
    size(x!.shape[1]!, rows, height) === output.shape[1] &&
    size(x!.shape[2]!, columns, width) === output.shape[2];
  if (!fits) {
    throw new TypeError(
      `Cannot export conv2d "${output.name}" to ONNX: from [${
        x!.shape
      }] to [${output.shape}] with stride ${stride} ` +
        `and padding ${rows} and ${columns} does not fit its kernel of ${height}x${width}`,
    );
  }
  return { stride, rows, columns };
}

/** Batch norm with running statistics, then the residual, then ReLU. */
function batchNorm(values: OnnxValues, op: RecordedOp): string {
  const { inputs: [x, weight, bias, residual], output, dispatch: { bindings } } = op;
  const [, mean, variance] = bindings.map(({ tensor }) => tensor);
  const vectors = [weight!, bias!, mean!, variance!];
  const y = normalised(values, output.name, values.get(x!), vectors, residual);
  return switchOf(op, "RELU") ? layers.relu(values.graph, y) : y;
}

/** A convolution and the batch norm that is folded into it. ONNX has them apart; its runtimes fold them too. */
function convolutionNorm(values: OnnxValues, op: RecordedOp): string {
  const { inputs, output } = op;
  const [bias, residual] = [1, 4].map((rank) =>
    inputs.slice(6).find(({ shape }) => shape.length === rank)
  );
  const sums = convolution(values, op, bias);
  return activated(
    values,
    op,
    normalised(values, output.name, sums, inputs.slice(2, 6), residual),
  );
}

/** `vectors`: factor, offset, mean and variance. */
function normalised(
  values: OnnxValues,
  name: string,
  x: string,
  vectors: readonly Tensor[],
  residual: Tensor | undefined,
): string {
  const parameters = vectors.map((tensor) => values.parameter(tensor, "f32"));
  const epsilon = { float: 1e-5 };
  const y = values.node("BatchNormalization", [x, ...parameters], { epsilon }, name);
  return residual ? layers.add(values.graph, y, values.get(residual)) : y;
}
