/**
 * ONNX writer: a graph is built node by node and encoded as a ModelProto (onnx.proto field numbers).
 * The layers of our networks on top of it are in `onnx_layers.ts`; the reader of a model's form is
 * the teacher's `onnx_form.ts`.
 */

import { PbfWriter } from "pbf";

/** A dimension: a size, or a name for one that is free at run time. */
export type OnnxDimension = number | string;

/** A node attribute; a bare number is an INT, a bare array INTS. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

/** How initialisers are kept in the file; f16 halves it and is cast to f32 when the model is loaded. */
export type OnnxStored = "f32" | "f16";

/** Element types of graph inputs, outputs and initialisers (TensorProto.DataType). */
export const ONNX_TYPES = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9, f16: 10 } as const;

/** An element type by our name. */
export type OnnxType = keyof typeof ONNX_TYPES;

interface Value {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly OnnxDimension[];
}

interface Initializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly raw: Uint8Array;
}

interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph under construction; values are named by strings. */
export class OnnxGraph {
  readonly #name: string;
  readonly #opset: number;
  readonly #stored: OnnxStored;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #inputs: Value[] = [];
  readonly #outputs: Value[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #nodes: Node[] = [];
  readonly #known = new Set<string>();
  readonly #counts = new Map<string, number>();

  /**
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

  /** The ModelProto as bytes, ready to be a `.onnx` file. */
  encode(): Uint8Array<ArrayBuffer> {
    if (this.#outputs.length === 0) {
      throw new RangeError(`Cannot encode graph "${this.#name}" as it has no output`);
    }
    const pbf = new PbfWriter();
    pbf.writeVarintField(1, 8); // ir_version 8 = opset 15 to 17
    pbf.writeStringField(2, "depth-anywhere");
    pbf.writeMessage(7, (_, out) => this.#writeGraph(out), undefined);
    pbf.writeMessage(8, (version, out) => out.writeVarintField(2, version), this.#opset);
    for (const [key, value] of Object.entries(this.#metadata)) {
      pbf.writeMessage(14, (_, out) => {
        out.writeStringField(1, key);
        out.writeStringField(2, value);
      }, undefined);
    }
    return pbf.finish().slice();
  }

  #writeGraph(pbf: PbfWriter): void {
    for (const node of this.#nodes) pbf.writeMessage(1, writeNode, node);
    pbf.writeStringField(2, this.#name);
    for (const tensor of this.#initializers) pbf.writeMessage(5, writeInitializer, tensor);
    for (const value of this.#inputs) pbf.writeMessage(11, writeValue, value);
    for (const value of this.#outputs) pbf.writeMessage(12, writeValue, value);
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

function writeNode(node: Node, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
}

function writeAttribute([name, value]: [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  let type: number; // AttributeProto.AttributeType
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) {
      throw new TypeError(
        `Cannot write attribute "${name}" as an integer: current value is ${value}; use { float }`,
      );
    }
    pbf.writeVarintField(3, value);
    type = 2;
  } else if (typeof value === "string") {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    type = 3;
  } else if ("float" in value) {
    pbf.writeFloatField(2, value.float);
    type = 1;
  } else if ("floats" in value) {
    for (const x of value.floats) pbf.writeFloatField(7, x);
    type = 6;
  } else {
    for (const x of value) pbf.writeVarintField(8, x);
    type = 7;
  }
  pbf.writeVarintField(20, type);
}

function writeInitializer(tensor: Initializer, pbf: PbfWriter): void {
  for (const d of tensor.dims) pbf.writeVarintField(1, d);
  pbf.writeVarintField(2, ONNX_TYPES[tensor.type]);
  pbf.writeStringField(8, tensor.name);
  pbf.writeBytesField(9, tensor.raw);
}

function writeValue(value: Value, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, (_, type) => {
    type.writeMessage(1, (_, tensor) => {
      tensor.writeVarintField(1, ONNX_TYPES[value.type]);
      tensor.writeMessage(2, (dims, shape) => {
        for (const dim of dims) shape.writeMessage(1, writeDimension, dim);
      }, value.dims);
    }, undefined);
  }, undefined);
}

function writeDimension(dim: OnnxDimension, pbf: PbfWriter): void {
  if (typeof dim === "number") pbf.writeVarintField(1, dim);
  else pbf.writeStringField(2, dim);
}
