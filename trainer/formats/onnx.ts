/**
 * ONNX writer: a graph is built node by node and encoded as a model file. Layers without weights on
 * top of it are in `onnx_layers.ts`; the reader of a model's form is the teacher's `onnx_form.ts`.
 */

import {
  encodeModel,
  ONNX_TYPES,
  type OnnxAttribute,
  type OnnxDimension,
  type OnnxGraphValue,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxType,
} from "./onnx_proto.ts";

/** How initialisers are kept in the file; f16 halves it and is cast to f32 when the model is loaded. */
export type OnnxStored = "f32" | "f16";

/** A graph under construction; values are named by strings. */
export class OnnxGraph {
  readonly #name: string;
  readonly #opset: number;
  readonly #stored: OnnxStored;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #inputs: OnnxGraphValue[] = [];
  readonly #outputs: OnnxGraphValue[] = [];
  readonly #initializers: OnnxInitializer[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #known = new Set<string>();
  readonly #counts = new Map<string, number>();

  /**
   * Start an empty graph.
   *
   * @param name graph name
   * @param options `stored`: how weights are kept; `metadata`: free text (`metadata_props`)
   */
  constructor(
    name: string,
    options: {
      readonly opset?: number;
      readonly stored?: OnnxStored;
      readonly metadata?: Readonly<Record<string, string>>;
    } = {},
  ) {
    this.#name = name;
    this.#opset = options.opset ?? 17;
    this.#stored = options.stored ?? "f32";
    this.#metadata = options.metadata ?? {};
  }

  /** Declare a model input, e.g. `input("image", ["batch", 3, "height", "width"])`; returns its name. */
  input(name: string, dims: readonly OnnxDimension[], type: OnnxType = "f32"): string {
    this.#inputs.push({ name: this.#add(name), type, dims });
    return name;
  }

  /** Declare `value` a model output under `name`. */
  output(
    name: string,
    value: string,
    dims: readonly OnnxDimension[],
    type: OnnxType = "f32",
  ): void {
    this.#nodes.push({
      name,
      op: "Identity",
      inputs: [value],
      outputs: [this.#add(name)],
      attributes: {},
    });
    this.#outputs.push({ name, type, dims });
  }

  /**
   * Add trained values and return the name of their f32 value.
   *
   * @param data elements in C order
   * @throws {RangeError} if the dims do not hold exactly the data, or a value overflows f16 storage
   */
  weight(
    name: string,
    dims: readonly number[],
    data: Float32Array,
    stored: OnnxStored = this.#stored,
  ): string {
    if (dims.reduce((n, d) => n * d, 1) !== data.length) {
      throw new RangeError(
        `Cannot add weight "${name}" as dims and data disagree: dims are [${dims}], data has ${data.length} elements`,
      );
    }
    this.#add(name);
    if (stored === "f32") {
      this.#initializers.push({ name, type: "f32", dims, raw: bytesOf(data.slice()) });
      return name;
    }
    const half = new Float16Array(data);
    for (let i = 0; i < half.length; i++) {
      if (Number.isFinite(data[i]) && !Number.isFinite(half[i])) {
        throw new RangeError(
          `Cannot store weight "${name}" as f16: element ${i} is ${data[i]}; store it as f32`,
        );
      }
    }
    this.#initializers.push({
      name: this.#add(`${name}.f16`),
      type: "f16",
      dims,
      raw: bytesOf(half),
    });
    this.#nodes.push({
      name: `${name}.cast`,
      op: "Cast",
      inputs: [`${name}.f16`],
      outputs: [name],
      attributes: { to: ONNX_TYPES.f32 },
    });
    return name;
  }

  /** Add an f32 constant that is never stored as f16. */
  floats(
    name: string,
    values: readonly number[],
    dims: readonly number[] = [values.length],
  ): string {
    return this.weight(this.#unique(name), dims, Float32Array.from(values), "f32");
  }

  /** Add an int64 vector constant (axes, shapes); returns its name. */
  integers(name: string, values: readonly number[]): string {
    const unique = this.#add(this.#unique(name));
    const raw = bytesOf(BigInt64Array.from(values, BigInt));
    this.#initializers.push({ name: unique, type: "i64", dims: [values.length], raw });
    return unique;
  }

  /** Add an int32 vector constant, half the size of {@link integers}, e.g. of pixels; returns its name. */
  indices(name: string, values: readonly number[]): string {
    const unique = this.#add(this.#unique(name));
    const raw = bytesOf(Int32Array.from(values));
    this.#initializers.push({ name: unique, type: "i32", dims: [values.length], raw });
    return unique;
  }

  /**
   * Add a node with one output and return the output's name.
   *
   * @param op operator, e.g. `"Conv"`
   * @param inputs value names; `""` leaves an optional input out
   * @param name name of node and output; numbered by operator when absent
   * @throws {RangeError} if an input is not in the graph yet, or the name is taken
   */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    name = this.#unique(op.toLowerCase()),
  ): string {
    for (const input of inputs) {
      if (input !== "" && !this.#known.has(input)) {
        throw new RangeError(
          `Cannot add ${op} "${name}" as its input "${input}" is not in the graph yet`,
        );
      }
    }
    this.#nodes.push({ name, op, inputs, outputs: [this.#add(name)], attributes });
    return name;
  }

  /**
   * The ModelProto as bytes, ready to be a `.onnx` file.
   *
   * @throws {RangeError} if the graph has no output; {TypeError} if an attribute has no ONNX form
   */
  encode(): Uint8Array<ArrayBuffer> {
    if (this.#outputs.length === 0) {
      throw new RangeError(`Cannot encode graph "${this.#name}" as it has no output`);
    }
    return encodeModel({
      name: this.#name,
      opset: this.#opset,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: this.#initializers,
      nodes: this.#nodes,
      metadata: this.#metadata,
    });
  }

  #unique(stem: string): string {
    for (;;) {
      const count = (this.#counts.get(stem) ?? 0) + 1;
      this.#counts.set(stem, count);
      if (!this.#known.has(`${stem}_${count}`)) return `${stem}_${count}`;
    }
  }

  #add(name: string): string {
    if (this.#known.has(name)) {
      throw new RangeError(`Cannot add "${name}" to graph "${this.#name}" as the name is taken`);
    }
    this.#known.add(name);
    return name;
  }
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
