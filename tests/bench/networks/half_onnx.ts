/** The equirectangular half as an ONNX file, `image` `[N, 3, H, W]` to `disparity` `[N, 1, H, W]`. */
import { OnnxGraph } from "../../../trainer/formats/onnx.ts";
import * as onnx from "../../../trainer/formats/onnx_layers.ts";
import { equirectHalf } from "./equirect_half.ts";
import type { ConvSize, Layers } from "./layers.ts";

type Weights = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/** Writes the network; batch norms stay nodes, which runtimes fold. */
export function halfOnnx(weights: Weights, width: number): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("equirect_half");
  const image = graph.input("image", ["batch", 3, "height", "width"]);
  const y = equirectHalf(new OnnxLayers(graph, weights), image, width);
  graph.output("disparity", y, ["batch", 1, "height", "width"]);
  return graph.encode();
}

class OnnxLayers implements Layers<string> {
  readonly #graph: OnnxGraph;
  readonly #weights: Weights;

  constructor(graph: OnnxGraph, weights: Weights) {
    this.#graph = graph;
    this.#weights = weights;
  }

  #get(name: string): Float32Array {
    return this.#weights.get(name)!.data;
  }

  conv(name: string, x: string, { kernel, stride, bias }: ConvSize): string {
    const layer = {
      shape: this.#weights.get(`${name}.weight`)!.shape as [number, number, number, number],
      weight: this.#get(`${name}.weight`),
      bias: bias ? this.#get(`${name}.bias`) : undefined,
    };
    return onnx.conv(this.#graph, x, name, layer, { stride, padding: kernel >> 1 });
  }

  norm(name: string, x: string): string {
    return onnx.batchNorm(this.#graph, x, name, {
      weight: this.#get(`${name}.weight`),
      bias: this.#get(`${name}.bias`),
      mean: this.#get(`${name}.running_mean`),
      variance: this.#get(`${name}.running_var`),
    });
  }

  relu(x: string): string {
    return onnx.relu(this.#graph, x);
  }

  elu(x: string): string {
    return onnx.elu(this.#graph, x);
  }

  sigmoid(x: string, factor: number): string {
    const y = onnx.sigmoid(this.#graph, x);
    return this.#graph.node("Mul", [y, this.#graph.floats("factor", [factor], [1, 1, 1, 1])]);
  }

  maxPool(x: string): string {
    return onnx.maxPool(this.#graph, x, 3, 2, 1);
  }

  upsample(x: string): string {
    return onnx.upsample2(this.#graph, x);
  }

  add(a: string, b: string): string {
    return onnx.add(this.#graph, a, b);
  }

  concat(values: readonly string[]): string {
    return onnx.concat(this.#graph, values);
  }
}
