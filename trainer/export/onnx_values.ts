/**
 * The tensors of a recording as ONNX values. Activations `[N, H, W, C]` become `[N, C, H, W]`; parameters keep
 * PyTorch's names and layouts.
 *
 * @module
 */
import type { OnnxGraph, OnnxStored } from "../formats/onnx.ts";
import type { OnnxAttribute } from "../formats/onnx_proto.ts";
import type { Tensor } from "../gpu/graph.ts";
import type { NamedWeights } from "../models/initialise.ts";
import type { RecordedOp, Recording } from "../gpu/recording.ts";

/** What is written while the ops of a recording are walked. */
export class OnnxValues {
  readonly graph: OnnxGraph;
  readonly recording: Recording;
  readonly #weights: NamedWeights;
  readonly #values = new Map<Tensor, string>();
  readonly #names = new Set<string>();

  /** Starts without any value. */
  constructor(graph: OnnxGraph, recording: Recording, weights: NamedWeights) {
    this.graph = graph;
    this.recording = recording;
    this.#weights = weights;
  }

  /** Tell what ONNX calls an activation. */
  set(tensor: Tensor, value: string): void {
    this.#values.set(tensor, value);
  }

  /** What ONNX calls an activation. @throws TypeError for one that no op made, such as a view */
  get(tensor: Tensor): string {
    const value = this.#values.get(tensor);
    if (value === undefined) {
      throw new TypeError(
        `Cannot export "${tensor.name}" of shape [${tensor.shape}] to ONNX: it is no output of an op`,
      );
    }
    return value;
  }

  /**
   * A parameter or running statistic as an initialiser.
   *
   * @param stored if not as the graph stores its weights
   * @throws RangeError when the weights lack it, TypeError when it has another shape
   */
  parameter({ name, shape }: Tensor, stored?: OnnxStored): string {
    const weight = this.#weights.get(name);
    if (!weight) {
      throw new RangeError(`Cannot export to ONNX: the weights have no tensor "${name}"`);
    }
    if (`${weight.shape}` !== `${shape}`) {
      throw new TypeError(
        `Cannot export to ONNX: tensor "${name}" is [${weight.shape}], the network needs [${shape}]`,
      );
    }
    if (!this.#names.has(name)) this.graph.weight(name, shape, weight.data, stored);
    this.#names.add(name);
    return name;
  }

  /** Add a node; `name` is used where it is still free. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    name?: string,
  ): string {
    if (name === undefined || this.#names.has(name)) {
      return this.graph.node(op, inputs, attributes);
    }
    this.#names.add(name);
    return this.graph.node(op, inputs, attributes, name);
  }

  /** `Reshape`: 0 keeps a size, -1 is what remains. */
  reshape(x: string, sizes: readonly number[]): string {
    return this.node("Reshape", [x, this.graph.integers("shape", sizes)]);
  }

  /** `Transpose`. */
  transpose(x: string, perm: readonly number[]): string {
    return this.node("Transpose", [x], { perm });
  }
}

/** A switch of an op's first dispatch. @throws TypeError when the kernel has none of that name */
export function switchOf({ kind, dispatch }: RecordedOp, name: string): boolean {
  const value = dispatch.shader.constants?.[name];
  if (typeof value !== "boolean") {
    throw new TypeError(`Cannot export ${kind} to ONNX: its kernel has no switch ${name}`);
  }
  return value;
}

/** A uniform of an op's first dispatch, a whole number or a float. @throws TypeError when there is none */
export function uniformOf({ kind, dispatch }: RecordedOp, index: number): number {
  const word = dispatch.uniforms?.at(index);
  if (word === undefined) {
    throw new TypeError(`Cannot export ${kind} to ONNX: its kernel has no uniform ${index}`);
  }
  return typeof word === "number" ? word : word.f32;
}
