/** Small Depth-Anything-shaped models for tests, made by our own ONNX writer. */

import { OnnxGraph } from "../../trainer/formats/onnx.ts";
import { relu, squeeze } from "../../trainer/formats/onnx_layers.ts";
import { conv } from "./onnx_layers.ts";

/** What the model should look like. */
export interface TinyModel {
  /** Input name; `pixel_values` when absent. */
  readonly input?: string;
  /** Output name; `predicted_depth` when absent. */
  readonly output?: string;
  /** Faces of a run when fixed. */
  readonly batch?: number;
  /** Side of a face when fixed. */
  readonly size?: number;
  /** Keep the channel axis of the output. */
  readonly rank4?: boolean;
  /** `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.3) * 0.4);

/** Two 3×3 convolutions; {@link tinyDepth} computes the same. */
export function tinyDepthModel(options: TinyModel = {}): Uint8Array<ArrayBuffer> {
  const { input = "pixel_values", output = "predicted_depth", batch = "batch", size } = options;
  const graph = new OnnxGraph("tiny", { metadata: options.metadata });
  let x = graph.input(input, [batch, 3, size ?? "height", size ?? "width"]);
  x = relu(
    graph,
    conv(graph, x, "a", { weight: wave(108), shape: [4, 3, 3, 3], bias: wave(4) }, { padding: 1 }),
  );
  x = relu(
    graph,
    conv(graph, x, "b", { weight: wave(36), shape: [1, 4, 3, 3], bias: wave(1) }, { padding: 1 }),
  );
  const dims = [batch, size ?? "height", size ?? "width"];
  if (options.rank4) graph.output(output, x, [batch, 1, dims[1]!, dims[2]!]);
  else graph.output(output, squeeze(graph, x, [1]), dims);
  return graph.encode();
}

/** What the model gives for faces `[count, 3, size, size]`, in plain loops: `[count, size, size]`. */
export function tinyDepth(faces: Float32Array, count: number, size: number): Float32Array {
  const area = size * size;
  const layer = (x: Float32Array, inputs: number, outputs: number) => {
    const y = new Float32Array(count * outputs * area);
    const weight = wave(outputs * inputs * 9);
    for (let i = 0; i < y.length; i++) {
      const [n, o, v, u] = [
        Math.floor(i / outputs / area),
        Math.floor(i / area) % outputs,
        Math.floor(i / size) % size,
        i % size,
      ];
      let sum = wave(outputs)[o]!;
      for (let c = 0; c < inputs; c++) {
        for (let k = 0; k < 9; k++) {
          const [row, column] = [v + Math.floor(k / 3) - 1, u + k % 3 - 1];
          if (row < 0 || column < 0 || row >= size || column >= size) continue;
          sum += x[(n * inputs + c) * area + row * size + column]! *
            weight[(o * inputs + c) * 9 + k]!;
        }
      }
      y[i] = Math.max(sum, 0);
    }
    return y;
  };
  return layer(layer(faces, 3, 4), 4, 1);
}

/** Faces that are all different. */
export function tinyFaces(count: number, size: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: count * 3 * size * size },
    (_, i) => Math.sin(i * 0.37 + Math.cos(i * 0.11)),
  );
}
