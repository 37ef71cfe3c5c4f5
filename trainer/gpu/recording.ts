/**
 * A network looked at instead of run: the ops that it records, with what they read and make, on no GPU.
 *
 * @module
 */
import type { Gpu } from "./device.ts";
import { type Dispatch, Graph, type Shape, type Tensor } from "./graph.ts";
import { ParameterStore } from "./parameters.ts";

/** Kernels are chosen for it, none is compiled. */
const nowhere: Gpu = {
  get device(): never {
    throw new Error("Cannot run a recording: it has no GPU");
  },
  get limits(): never {
    throw new Error("Cannot ask a recording for limits: it has no GPU");
  },
  kind: "gpu",
  name: "none",
  subgroups: false,
  timestamps: false,
  f16: false,
};

/** An op as it was recorded. */
export interface RecordedOp {
  /** Stem of its kernel, e.g. `conv2d`. */
  readonly kind: string;
  /** What it computes its output from, parameters included, as it said to `Graph.result()`. */
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  /** Its first dispatch: switches, uniforms and all that is bound. */
  readonly dispatch: Dispatch;
}

/** A graph that keeps what is recorded. */
export class Recording extends Graph {
  readonly #results: { inputs: readonly Tensor[]; output: Tensor; dispatches: Dispatch[] }[] = [];
  readonly #constants = new Map<Tensor, Float32Array | Uint32Array>();

  /** Starts empty, with running statistics. */
  constructor() {
    super(nowhere, new ParameterStore(nowhere), "evaluate");
  }

  override result(name: string, shape: Shape, from: readonly Tensor[]): Tensor {
    const output = super.result(name, shape, from);
    this.#results.push({ inputs: from, output, dispatches: [] });
    return output;
  }

  override dispatch(dispatch: Dispatch): void {
    super.dispatch(dispatch);
    this.#results.at(-1)?.dispatches.push(dispatch);
  }

  override constant(name: string, data: Float32Array | Uint32Array): Tensor {
    const tensor = super.constant(name, data);
    this.#constants.set(tensor, data);
    return tensor;
  }

  /** The ops in order. @throws TypeError for one without a dispatch */
  ops(): RecordedOp[] {
    return this.#results.map(({ inputs, output, dispatches: [dispatch] }) => {
      if (!dispatch) throw new TypeError(`Cannot tell what makes "${output.name}": nothing runs`);
      return { kind: dispatch.label.split(" ")[0]!, inputs, output, dispatch };
    });
  }

  /** What a constant holds. @throws TypeError when the tensor is none */
  data(tensor: Tensor): Float32Array | Uint32Array {
    const data = this.#constants.get(tensor);
    if (!data) throw new TypeError(`Cannot tell what "${tensor.name}" holds: it is no constant`);
    return data;
  }
}
